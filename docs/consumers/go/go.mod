module example.org/gouji

go 1.23
