#!/usr/bin/env python3
"""Rules about the tree itself, run instead of remembered.

  tidy.py [ROOT]                the rules on sources; ROOT defaults to this repository
  tidy.py --symbols ARCHIVE…    the rule on compiled pure libraries
  tidy.py --self-test           plants a violation of every rule and demands that it is found

Exit code 0: nothing found, 1: findings (one a line), 2: wrong usage."""
import sys
from pathlib import Path

import include_rules
import tree_rules
from tree import Tree

RULES = include_rules.RULES + tree_rules.RULES


def check_tree(root):
    tree = Tree(root)
    return sorted(finding for rule in RULES for finding in rule(tree))


def report(messages):
    for message in messages:
        print(message)
    print(f'{len(messages)} found')
    return 1 if messages else 0


def main(arguments):
    if arguments == ['--self-test']:
        import self_test
        return self_test.run()
    if arguments[:1] == ['--symbols'] and len(arguments) > 1:
        from symbols import check_archive
        return report([m for a in arguments[1:] for m in check_archive(Path(a))])
    if len(arguments) > 1 or (arguments and arguments[0].startswith('-')):
        print(__doc__, file=sys.stderr)
        return 2
    root = arguments[0] if arguments else Path(__file__).resolve().parents[2]
    return report(check_tree(root))


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
