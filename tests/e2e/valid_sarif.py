#!/usr/bin/env python3
"""usage: valid_sarif.py SCHEMA FILE — exits 1 and names each place where FILE is not what SCHEMA says."""
import json
import pathlib
import sys

import jsonschema

schema, log = (json.loads(pathlib.Path(name).read_text(encoding='utf-8')) for name in sys.argv[1:3])
mistakes = [f'{list(error.absolute_path)}: {error.message[:300]}'
            for error in jsonschema.validators.validator_for(schema)(schema).iter_errors(log)]
print('\n'.join(mistakes))
sys.exit(1 if mistakes else 0)
