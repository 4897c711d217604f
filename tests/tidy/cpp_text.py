"""C++ source as far as the rules need it: without comments and literals, its includes, and where
functions begin and end. No compiler: the code is formatted and compiles already."""
import re
from dataclasses import dataclass

_RAW_STRING = re.compile(r'R"([^()\\\s]{0,16})\(')
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)
# What may stand between the parameters of a function and its body.
_FUNCTION_HEAD = re.compile(
    r'\)\s*(const|noexcept(\([^()]*\))?|override|final|mutable|&&?|requires\b[^{};]*|->\s*[^{};=]+'
    r'|try|:\s*[^;]*|\s)*$', re.DOTALL)
_SCOPE_HEAD = re.compile(r'\b(namespace|class|struct|union|enum|extern)\b(?!.*[()=])[^;{}]*$', re.DOTALL)
_ACCESS = re.compile(r'(\s*(public|private|protected)\s*:(?!:))+')
_NAME = re.compile(r'([~\w:]+|operator\s*[^\s\w(]+)\s*\(')


@dataclass(frozen=True)
class Function:
    name: str
    line: int
    lines: int


def blank_literals(text):
    """Comments, strings and characters become spaces; lines stay where they are."""
    out, position = [], 0
    while position < len(text):
        end = _literal_end(text, position)
        if end == position:
            out.append(text[position])
            position += 1
        else:
            out.append(re.sub(r'[^\n]', ' ', text[position:end]))
            position = end
    return ''.join(out)


def _literal_end(text, position):
    """Where the comment or literal that begins here ends; `position` itself when none begins."""
    if text.startswith('//', position):
        end = text.find('\n', position)
        return len(text) if end < 0 else end
    if text.startswith('/*', position):
        end = text.find('*/', position + 2)
        return len(text) if end < 0 else end + 2
    raw = _RAW_STRING.match(text, position)
    if raw:
        end = text.find(')' + raw.group(1) + '"', raw.end())
        return len(text) if end < 0 else end + len(raw.group(1)) + 2
    quote = text[position]
    if quote == '"' or (quote == "'" and not _is_digit_separator(text, position)):
        return _quoted_end(text, position, quote)
    return position


def _is_digit_separator(text, position):
    return position > 0 and text[position - 1].isalnum() and text[position + 1:position + 2].isalnum() \
        and re.search(r'(?<![\w])[0-9][\w\']*$', text[max(0, position - 40):position]) is not None


def _quoted_end(text, position, quote):
    end = position + 1
    while end < len(text) and text[end] not in (quote, '\n'):
        end += 2 if text[end] == '\\' else 1
    return min(end + 1, len(text))


def includes(text):
    """(line, name, quoted) of each #include."""
    return [(text.count('\n', 0, m.start(2)) + 1, m.group(2), m.group(1) == '"')
            for m in _INCLUDE.finditer(text)]


def functions(text):
    """Every function body that is not inside another one."""
    code = re.sub(r'(?m)^[ \t]*#(.*\\\n)*.*$', lambda m: '\n' * m.group(0).count('\n'), blank_literals(text))
    found, head_start, position = [], 0, 0
    while position < len(code):
        symbol = code[position]
        if symbol in ';}':
            head_start = position + 1
        elif symbol == '{':
            head = code[head_start:position]
            if _SCOPE_HEAD.search(head) or not head.strip():
                head_start = position + 1
            else:
                end = _closing_brace(code, position)
                if _FUNCTION_HEAD.search(head) and not _is_member_initializer(code, head, end):
                    found.append(_function(code, head, head_start, end))
                    head_start = end + 1
                position = end
        position += 1
    return found


def _is_member_initializer(code, head, end):
    """`Name(int a) : a_{a} {…}`: a brace inside a constructor's initializer list is no body."""
    return re.search(r':\s*[^;{}]*[\w>]\s*$', head) is not None and re.match(r'\s*[,{]', code[end + 1:]) is not None


def _closing_brace(code, position):
    depth = 0
    for place in range(position, len(code)):
        depth += (code[place] == '{') - (code[place] == '}')
        if depth == 0:
            return place
    return len(code) - 1


def _function(code, head, head_start, end):
    access = _ACCESS.match(head)
    skipped = access.end() if access else 0
    start = head_start + len(head) - len(head[skipped:].lstrip())
    name = _NAME.search(code, start)
    first = code.count('\n', 0, start) + 1
    last = code.count('\n', 0, end) + 1
    return Function(name.group(1) if name else '?', first, last - first + 1)
