// Result<T>: a value or an Error. A class of its own and not an alias of tl::expected, because
// only a [[nodiscard]] class makes a dropped error a compiler warning.
#pragma once

#include <type_traits>
#include <utility>

#include <tl/expected.hpp>

#include "common/core/error.h"

namespace gouji {

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using Base = tl::expected<T, Error>;

  Result(Error error) : Base(tl::unexpect, std::move(error)) {}  // NOLINT: errors convert
  template <typename U = T>
    requires(!std::is_void_v<T> && std::is_convertible_v<U &&, T> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error> &&
             !std::is_same_v<std::remove_cvref_t<U>, Result>)
  Result(U&& value) : Base(std::forward<U>(value)) {}  // NOLINT: values convert
  Result()
    requires std::is_void_v<T>
  = default;
};

// The value of a Result<void> that went well.
inline Result<void> ok() { return {}; }

}  // namespace gouji

// Returns the error of `expression` from the enclosing function, if it has one.
#define GOUJI_TRY(expression)                                              \
  do {                                                                     \
    if (auto gouji_try_result = (expression); !gouji_try_result)           \
      return std::move(gouji_try_result).error();                          \
  } while (false)

#define GOUJI_CONCAT_INNER(a, b) a##b
#define GOUJI_CONCAT(a, b) GOUJI_CONCAT_INNER(a, b)
// Declares `declaration` from the value of `expression`, or returns its error.
#define GOUJI_ASSIGN(declaration, expression)                              \
  auto GOUJI_CONCAT(gouji_assign_, __LINE__) = (expression);               \
  if (!GOUJI_CONCAT(gouji_assign_, __LINE__))                              \
    return std::move(GOUJI_CONCAT(gouji_assign_, __LINE__)).error();       \
  declaration = std::move(*GOUJI_CONCAT(gouji_assign_, __LINE__))
