# Run at build time: INPUT's bytes as a C++ function SYMBOL in OUTPUT.
file(READ "${INPUT}" hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR size "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(....,....,....,....,....,....,....,....,....,....,....,....,....,....,....,....,)" "\\1\n" bytes "${bytes}")
file(WRITE "${OUTPUT}" "#include \"embedded/${SYMBOL}.h\"

namespace gouji::embedded {

namespace {

constexpr unsigned char kBytes[] = {
${bytes}0};

}  // namespace

std::string_view ${SYMBOL}() { return {reinterpret_cast<const char*>(kBytes), ${size}}; }

}  // namespace gouji::embedded
")
