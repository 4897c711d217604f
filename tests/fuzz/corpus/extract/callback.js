cb({"title":"2021年政府信息公开工作年度报告","content":"<table><tr><td>\u672c\u5e74 \ud83d\ude00<\/td><td>1<\/td><\/tr><\/table> xxxxxxxxxxxxxxxxxxxx"})
