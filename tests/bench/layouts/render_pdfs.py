#!/usr/bin/env python3
"""Official forms as PDF files, in the layouts that producers make of them.

  render_pdfs.py GRIDS OUT [LAYOUT…]   GRIDS: folder of the corpus with figures (*.json)

Writes OUT/<layout>/<id>.pdf, and <id>.json beside it, for every grid. Needs chromium and LibreOffice (soffice) and CJK fonts;
the layouts are listed with --list. `gouji-scoreboard --folder OUT/<layout>` scores them."""
import html
import json
import subprocess
import sys
import tempfile
from pathlib import Path

T2 = {
    2019: [('一', ['本年新制作数量', '本年新公开数量', '对外公开总数量'], [('规章', '规章'), ('规范性文件', '规范性文件')]),
           ('五', ['上一年项目数量', '本年增/减', '处理决定数量'], [('行政许可', '行政许可'), ('其他对外', '其他对外管理服务事项')]),
           ('六', ['上一年项目数量', '本年增/减', '处理决定数量'], [('行政处罚', '行政处罚'), ('行政强制', '行政强制')]),
           ('八', ['上一年项目数量', '本年增/减'], [('收费', '行政事业性收费')]),
           ('九', ['采购项目数量', '采购总金额（单位：万元）'], [('采购', '政府集中采购')])],
    2021: [('一', ['本年制发件数', '本年废止件数', '现行有效件数'], [('规章', '规章'), ('规范性文件', '行政规范性文件')]),
           ('五', ['本年处理决定数量'], [('行政许可', '行政许可')]),
           ('六', ['本年处理决定数量'], [('行政处罚', '行政处罚'), ('行政强制', '行政强制')]),
           ('八', ['本年收费金额（单位：万元）'], [('收费', '行政事业性收费')])],
}
DENIED = ['1.属于国家秘密', '2.其他法律行政法规禁止公开', '3.危及“三安全一稳定”', '4.保护第三方合法权益',
          '5.属于三类内部事务信息', '6.属于四类过程性信息', '7.属于行政执法案卷', '8.属于行政查询事项']
UNAVAILABLE = ['1.本机关不掌握相关政府信息', '2.没有现成信息需要另行制作', '3.补正后申请内容仍不明确']
NOT_PROCESSED = ['1.信访举报投诉类申请', '2.重复申请', '3.要求提供公开出版物', '4.无正当理由大量反复申请',
                 '5.要求行政机关确认或重新出具已获取信息']
OTHER = ['1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请',
         '2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请', '3.其他']
APPLICANTS = ['商业企业', '科研机构', '社会公益组织', '法律服务机构', '其他']
RESULTS = ['结果维持', '结果纠正', '其他结果', '尚未审结', '总计']
PROSE = ('本机关认真落实条例要求，围绕群众关心的事项及时公开信息，全年更新栏目内容，办理来信来电，并对发现的问题逐项整改。'
         '各单位按照职责分工做好保密审查、信息发布和解读回应工作，公开的质量和时效都有改进。')


FULL_WIDTH = str.maketrans('0123456789', '０１２３４５６７８９')
# How a style writes figures.
FIGURES = {'plain': str, 'full-width': lambda value: str(value).translate(FULL_WIDTH),
           'thousands': lambda value: f'{value:,}' if isinstance(value, int) else str(value)}
figures = str


def shown(value):
    return '' if value is None or isinstance(value, str) else figures(value)


def with_blanks(grid):
    """Zeros become blank cells, in the truth as well."""
    def blank(values):
        return [None if v == 0 else v for v in values]
    return {**grid, 't2': {k: blank(v) for k, v in grid['t2'].items()}, 't3': {k: blank(v) for k, v in grid['t3'].items()},
            't4': blank(grid['t4'])}


def cell(text, attributes='', kind='td'):
    return f'<{kind}{" " + attributes if attributes else ""}>{html.escape(text)}</{kind}>'


def row(*cells):
    return '<tr>' + ''.join(cells) + '</tr>'


def table(rows, style):
    border = style.get('border', '1')
    head = ''
    if style.get('repeat'):
        head, rows = '<thead>' + ''.join(rows[:style['repeat']]) + '</thead>', rows[style['repeat']:]
    return f'<table border="{border}" cellspacing="{style.get("spacing", 0)}">{head}{"".join(rows)}</table>'


def table2(grid, style):
    rows = []
    older = '采购' in grid['t2']
    for point, columns, lines in T2[2019 if older else 2021]:
        wide = 3 // len(columns) if len(columns) != 2 else 1
        rows.append(row(cell(f'第二十条第（{point}）项', 'colspan="4"')))
        rest = [f'colspan="{wide}"' if wide > 1 else ''] * len(columns)
        if len(columns) == 2:
            rest[-1] = 'colspan="2"'
        rows.append(row(cell('信息内容'), *(cell(c, r) for c, r in zip(columns, rest))))
        for key, label in lines:
            values = (grid['t2'][key] + [None] * 3)[:len(columns)]
            rows.append(row(cell(label), *(cell(shown(v), r) for v, r in zip(values, rest))))
    return table(rows, {**style, 'repeat': 0})


def table3(grid, style):
    t3 = grid['t3']

    def values(key):
        return [cell(shown(v)) for v in (t3[key] + [None] * 7)[:7]]
    side = cell('三、本年度办理结果', f'rowspan="{len(t3) - 3}" class="side"')
    rows = [row(cell('（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）', 'rowspan="3" colspan="3" class="label"'),
                cell('申请人情况', 'colspan="7"')),
            row(cell('自然人', 'rowspan="2"'), cell('法人或其他组织', 'colspan="5"'), cell('总计', 'rowspan="2"')),
            row(*(cell(a) for a in APPLICANTS)),
            row(cell('一、本年新收政府信息公开申请数量', 'colspan="3" class="label"'), *values('new')),
            row(cell('二、上年结转政府信息公开申请数量', 'colspan="3" class="label"'), *values('cin')),
            row(side, cell('（一）予以公开', 'colspan="2" class="label"'), *values('r1')),
            row(cell('（二）部分公开（区分处理的，只计这一情形，不计其他情形）', 'colspan="2" class="label"'), *values('r2'))]
    for name, prefix, labels in (('（三）不予公开', 'r3_', DENIED), ('（四）无法提供', 'r4_', UNAVAILABLE),
                                 ('（五）不予处理', 'r5_', NOT_PROCESSED)):
        for i, label in enumerate(labels):
            group = [cell(name, f'rowspan="{len(labels)}" class="group"')] if i == 0 else []
            rows.append(row(*group, cell(label, 'class="label"'), *values(f'{prefix}{i + 1}')))
    if 'r6' in t3:
        rows.append(row(cell('（六）其他处理', 'colspan="2" class="label"'), *values('r6')))
    else:
        for i, label in enumerate(OTHER):
            group = [cell('（六）其他处理', 'rowspan="3" class="group"')] if i == 0 else []
            rows.append(row(*group, cell(label, 'class="label"'), *values(f'r6_{i + 1}')))
    rows.append(row(cell('（七）总计', 'colspan="2" class="label"'), *values('tot')))
    rows.append(row(cell('四、结转下年度继续办理', 'colspan="3" class="label"'), *values('cout')))
    return table(rows, style)


def table4(grid, style):
    rows = [row(cell('行政复议', 'colspan="5"'), cell('行政诉讼', 'colspan="10"')),
            row(*(cell(r, 'rowspan="2"') for r in RESULTS), cell('未经复议直接起诉', 'colspan="5"'),
                cell('复议后起诉', 'colspan="5"')),
            row(*(cell(r) for r in RESULTS * 2)),
            row(*(cell(shown(v)) for v in grid['t4'][:15]))]
    return table(rows, {**style, 'repeat': 0})


def organ(grid):
    return '测试市人民政府' if grid['agency'].startswith('(') else grid['agency']


def page(grid, style):
    global figures
    figures = FIGURES[style.get('figures', 'plain')]

    def paragraphs(count):
        return ''.join(f'<p>{PROSE}</p>' for _ in range(count))
    css = f"""@page {{ size: {style.get('page', 'A4')}; margin: {style.get('margin', '22mm 20mm')}; }}
body {{ font-family: {style.get('font', "'WenQuanYi Zen Hei'")}; font-size: {style.get('size', 12)}pt; }}
h1 {{ text-align: center; font-size: 18pt; }} p {{ text-indent: 2em; line-height: 1.8; }}
table {{ width: 100%; font-size: {style.get('table_size', 9)}pt; text-align: center; {style.get('table', 'border-collapse: collapse;')} }}
td {{ padding: {style.get('padding', '2pt 3pt')}; {style.get('td', 'border: 1px solid black;')} }}
.label {{ text-align: left; {style.get('label', '')} }} .group {{ {style.get('group', '')} }}
.side {{ {style.get('side', 'width: 1em;')} }} {style.get('css', '')}"""
    parts = [f'<h1>{organ(grid)}{grid["year"]}年政府信息公开工作年度报告</h1>', paragraphs(style.get('prose', 2)),
             '<h2>一、总体情况</h2>', paragraphs(style.get('prose', 2)), '<h2>二、主动公开政府信息情况</h2>', table2(grid, style),
             '<h2>三、收到和处理政府信息公开申请情况</h2>', table3(grid, style),
             '<h2>四、政府信息公开行政复议、行政诉讼情况</h2>', table4(grid, style),
             '<h2>五、存在的主要问题及改进情况</h2>', paragraphs(2), '<h2>六、其他需要报告的事项</h2><p>无其他需要报告的事项。</p>']
    return (f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{organ(grid)}</title>'
            f'<style>{css}</style></head><body>{style.get("body", "")}{"".join(parts)}</body></html>')


NOTO = "'Noto Sans CJK SC'"
SERIF = "'Noto Serif CJK SC'"
NO_RULES = {'border': '0', 'td': 'border: none;'}
VERTICAL = 'writing-mode: vertical-rl; letter-spacing: 2pt;'
CHROMIUM = {
    'chromium': {},
    'chromium-noto': {'font': NOTO},
    'chromium-serif-small': {'font': SERIF, 'size': 10.5, 'table_size': 7.5, 'prose': 3},
    'chromium-landscape': {'page': 'A4 landscape', 'table_size': 11},
    'chromium-narrow': {'label': 'width: 62pt;', 'group': 'width: 24pt;', 'table_size': 10.5, 'prose': 1},
    'chromium-vertical': {'side': VERTICAL, 'group': VERTICAL, 'prose': 3},
    'chromium-spaced': {'table': 'border-collapse: separate; border-spacing: 2px;', 'spacing': 2},
    'chromium-furniture': {'header': True, 'prose': 4, 'css': 'tr { break-inside: auto; }'},
    'chromium-repeat': {'repeat': 3, 'prose': 4},
    'chromium-split': {'label': 'width: 50pt;', 'group': 'width: 20pt;', 'table_size': 12, 'prose': 4, 'page': 'A5',
                       'margin': '12mm 10mm', 'padding': '2pt 1pt', 'css': 'tr, td { break-inside: auto; } h1 { font-size: 14pt; }'},
    'chromium-top': {'td': 'border: 1px solid black; vertical-align: top;', 'label': 'width: 70pt;', 'prose': 5},
    'chromium-plain': {**NO_RULES},
    'chromium-plain-narrow': {**NO_RULES, 'label': 'width: 80pt;', 'group': 'width: 40pt;'},
    'chromium-plain-right': {**NO_RULES, 'css': 'td { text-align: right; } .label { text-align: left; }'},
    'chromium-lines': {'border': '0', 'td': 'border: none; border-bottom: 1px solid black;'},
    'chromium-open': {'css': 'td:first-child { border-left: none; } td:last-child { border-right: none; }'},
    'chromium-blanks': {'blanks': True},
    'chromium-plain-blanks': {**NO_RULES, 'blanks': True},
    'chromium-lines-blanks': {'border': '0', 'td': 'border: none; border-bottom: 1px solid black;', 'blanks': True},
    'chromium-double': {'td': 'border: 3px double black;'},
    'chromium-thick': {'td': 'border: 2.5px solid black;'},
    'chromium-tiny': {'table_size': 5.5, 'size': 8},
    'chromium-wide-digits': {'css': 'td { letter-spacing: 1.5pt; }'},
    'chromium-watermark': {'body': '<div style="position:fixed;top:40%;left:10%;font-size:60pt;color:#ccc;transform:rotate(-35deg)">内部资料注意保存</div>'},
    'chromium-left': {'css': 'table { text-align: left; }', 'prose': 3},
    'chromium-bottom': {'td': 'border: 1px solid black; vertical-align: bottom;', 'label': 'width: 60pt;', 'prose': 3},
    'chromium-plain-top': {**NO_RULES, 'css': 'td { vertical-align: top; }', 'label': 'width: 80pt;'},
    'chromium-plain-bottom': {**NO_RULES, 'css': 'td { vertical-align: bottom; }', 'label': 'width: 80pt;'},
    'chromium-plain-tight': {**NO_RULES, 'padding': '0 1pt', 'label': 'width: 70pt;'},
    'chromium-plain-split': {**NO_RULES, 'label': 'width: 50pt;', 'group': 'width: 20pt;', 'table_size': 11, 'prose': 3, 'page': 'A5',
                             'margin': '12mm 10mm', 'padding': '2pt 1pt', 'css': 'h1 { font-size: 14pt; }'},
    'chromium-narrow-columns': {'table_size': 10.5, 'page': 'A5', 'margin': '10mm', 'padding': '1pt 0', 'css': 'h1 { font-size: 14pt; } td { word-break: break-all; }'},
    'chromium-breaks': {'table_size': 12, 'page': 'A5', 'margin': '8mm', 'css': 'td { word-break: break-all; padding: 1pt 4pt; } h1 { font-size: 14pt; }'},
    'chromium-breaks-left': {'table_size': 12, 'page': 'A5', 'margin': '8mm', 'css': 'td { word-break: break-all; padding: 1pt; text-align: left; } h1 { font-size: 14pt; }'},
    'chromium-plain-breaks': {**NO_RULES, 'table_size': 12, 'page': 'A5', 'margin': '8mm', 'css': 'td { word-break: break-all; padding: 1pt; } h1 { font-size: 14pt; }'},
    'chromium-full-width': {'figures': 'full-width'},
    'chromium-plain-full-width': {**NO_RULES, 'figures': 'full-width'},
    'chromium-thousands': {'figures': 'thousands', 'css': 'td { word-break: break-all; padding: 1pt; }'},
    'chromium-letter-spaced': {'table_size': 8, 'css': 'td { letter-spacing: 3pt; }'},
    'chromium-slanting': {'body': ''.join(f'<div style="position:fixed;top:{top}%;left:{left}%;font-size:12pt;color:#ddd;transform:rotate(-30deg)">政务公开 2023</div>'
                                          for top in range(5, 95, 15) for left in range(5, 90, 22))},
    'chromium-landscape-table': {'css': '@page wide { size: A4 landscape; } table:nth-of-type(2) { page: wide; }'},
    'chromium-grey': {'td': 'border: 0.5px dotted #888;', 'css': 'tr:nth-child(even) { background: #eee; }'},
}
OFFICE = {
    'office': {},
    'office-noto': {'font': NOTO},
    'office-landscape': {'page': 'A4 landscape', 'table_size': 11},
    'office-narrow': {'label': 'width: 62pt;', 'group': 'width: 24pt;', 'table_size': 10.5, 'prose': 5},
    'office-plain': {**NO_RULES},
    'office-blanks': {'blanks': True},
    'office-plain-blanks': {**NO_RULES, 'blanks': True},
    'office-small': {'page': 'A5', 'margin': '10mm', 'table_size': 9, 'prose': 1},
    'office-plain-noto': {**NO_RULES, 'font': NOTO, 'table_size': 8},
}


def print_chromium(pages, folder, style):
    for name, text in pages.items():
        source = folder / f'{name}.html'
        source.write_text(text, encoding='utf-8')
        options = [] if style.get('header') else ['--no-pdf-header-footer']
        subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', *options,
                        f'--print-to-pdf={folder / name}.pdf', source.as_uri()], check=True, capture_output=True, timeout=120)
        source.unlink()


def print_office(pages, folder, style):
    del style
    with tempfile.TemporaryDirectory() as work:
        sources = []
        for name, text in pages.items():
            sources.append(Path(work) / f'{name}.html')
            sources[-1].write_text(text, encoding='utf-8')
        base = ['soffice', f'-env:UserInstallation=file://{work}/profile', '--headless', '--convert-to']
        subprocess.run([*base, 'odt:writer8', '--outdir', work, *map(str, sources)], check=True, capture_output=True, timeout=600)
        texts = [str(s.with_suffix('.odt')) for s in sources]
        subprocess.run([*base, 'pdf', '--outdir', str(folder), *texts], check=True, capture_output=True, timeout=600)


def main(arguments):
    if arguments == ['--list']:
        print('\n'.join([*CHROMIUM, *OFFICE]))
        return 0
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    grids = [json.loads(path.read_text(encoding='utf-8')) for path in sorted(Path(arguments[0]).glob('*.json'))]
    for producer, layouts in ((print_chromium, CHROMIUM), (print_office, OFFICE)):
        for layout, style in layouts.items():
            if arguments[2:] and layout not in arguments[2:]:
                continue
            folder = Path(arguments[1]).resolve() / layout
            folder.mkdir(parents=True, exist_ok=True)
            truth = [with_blanks(grid) for grid in grids] if style.get('blanks') else grids
            for grid in truth:
                (folder / f'{grid["id"]}.json').write_text(json.dumps(grid, ensure_ascii=False), encoding='utf-8')
            producer({grid['id']: page(grid, style) for grid in truth}, folder, style)
            print(layout)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
