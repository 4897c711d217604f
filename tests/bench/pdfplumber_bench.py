"""How long pdfplumber takes for the characters, lines and tables of a PDF, for comparison with pdf_bench.

    pip install pdfplumber
    python3 tests/bench/pdfplumber_bench.py FILE.pdf…
    GOUJI_PDF=FILE.pdf:… build/release/bench/pdf_bench

Prints milliseconds a page, the best of five runs each: characters and lines only, which is what pdf_bench
measures as ms_page, and with tables, which is ms_page and ms_page_layout together. With --total FILE.pdf one
number: milliseconds of the whole file with tables.
"""
import sys
import time

import pdfplumber

_ROUNDS = 5


def _walk(path, with_tables):
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            if with_tables:
                page.extract_tables()
            else:
                _ = (page.chars, page.lines, page.rects)
        return len(pdf.pages)


def _best(path, with_tables):
    times = []
    for _ in range(_ROUNDS):
        begin = time.process_time()
        pages = _walk(path, with_tables)
        times.append((time.process_time() - begin) * 1000 / pages)
    return min(times)


def _total(path):
    times = []
    for _ in range(_ROUNDS):
        begin = time.process_time()
        _walk(path, True)
        times.append((time.process_time() - begin) * 1000)
    return min(times)


def main():
    if sys.argv[1] == '--total':
        print(f'{_total(sys.argv[2]):.3f}')
        return
    for path in sys.argv[1:]:
        print(f'{path}: {_best(path, False):.1f} ms/page characters and lines, {_best(path, True):.1f} with tables')


if __name__ == '__main__':
    main()
