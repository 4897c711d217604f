// Turns the embedded forms.json into forms and identities. Internal to common/report.
#pragma once

#include <cstddef>
#include <vector>

#include "common/report/form.h"
#include "common/report/identity.h"

namespace gouji {

struct LoadedForms {
  std::vector<Form> forms;                        // t2/2019, t2/2021, t3/2019, t3/2021, t4
  std::vector<std::vector<Identity>> identities;  // of the form at the same place
};

// Loaded at the first call, thread-safe. The data are part of the program: a mistake in them stops
// the process.
const LoadedForms& loaded_forms();
// Place of a form in LoadedForms; table 4 ignores the edition.
std::size_t form_place(TableId table, Edition edition);

}  // namespace gouji
