#include "tests/bench/injected/answer.h"

#include <array>

#include "common/report/identity.h"
#include "services/validator/core/diagnosis.h"

namespace gouji::injected {
namespace {

struct Table {
  const Form* form = nullptr;
  std::vector<Cell> cells;
};

std::array<Table, 2> tables_of(const Document& document) {
  const Edition edition = document.edition == 2019 ? Edition::k2019 : Edition::k2021;
  std::array<Table, 2> tables{Table{&form(TableId::kT3, edition), {}}, Table{&form(TableId::kT4, edition), {}}};
  for (Table& table : tables)
    for (const FormCell& cell : table.form->cells()) {
      const auto& value = document.cells.at(cell.id);
      table.cells.push_back(value ? Cell::number(*value) : Cell{CellState::kBlank, 0});
    }
  return tables;
}

// One explanation of one change for each; an equation with a blank cell is not looked at.
template <typename Accuse>
Answer answer_by_equation(const Document& document, Accuse accuse) {
  Answer answer{document.id, {}};
  for (const Table& table : tables_of(document))
    for (const Identity& identity : identities(*table.form)) {
      const auto difference = residual(identity, table.cells);
      if (difference && *difference != 0) accuse(table, identity, *difference, answer);
    }
  return answer;
}

}  // namespace

Answer answer_of_validator(const Document& document) {
  Answer answer{document.id, {}};
  for (const Table& table : tables_of(document)) {
    const validator::TableView view{table.form, TableStatus::kRead, table.cells};
    for (const validator::Diagnosis& diagnosis :
         validator::diagnose(view, validator::find_convention(*table.form, table.cells))) {
      AnsweredCause& cause = answer.causes.emplace_back(AnsweredCause{diagnosis.unique, diagnosis.exhaustive, {}});
      for (const Explanation& explanation : diagnosis.explanations) {
        Values& values = cause.explanations.emplace_back();
        for (const Change& change : explanation.changes) values[change.cell] = change.proposed;
      }
    }
  }
  return answer;
}

Answer answer_of_every_cell(const Document& document) {
  const auto accuse = [](const Table& table, const Identity& identity, std::int64_t difference, Answer& answer) {
    if (answer.causes.empty()) answer.causes.emplace_back();
    for (const std::uint16_t cell : identity.plus)
      answer.causes[0].explanations.push_back({{table.form->cells()[cell].id, table.cells[cell].value - difference}});
    for (const std::uint16_t cell : identity.minus)
      answer.causes[0].explanations.push_back({{table.form->cells()[cell].id, table.cells[cell].value + difference}});
  };
  return answer_by_equation(document, accuse);
}

Answer answer_of_totals(const Document& document) {
  const auto accuse = [](const Table& table, const Identity& identity, std::int64_t difference, Answer& answer) {
    const std::uint16_t total = identity.minus.front();
    AnsweredCause cause{true, true, {{{table.form->cells()[total].id, table.cells[total].value + difference}}}};
    answer.causes.push_back(std::move(cause));
  };
  return answer_by_equation(document, accuse);
}

}  // namespace gouji::injected
