"""All counters of a chain as one page of HTML, which asks for nothing else and runs no script."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Iterable, Iterator
from html import escape

from kiosk.base.language import _, language
from kiosk.cli.chain.chain_list import NO_COUNTER
from kiosk.cli.chain.chain_table import last_sale, local_time, summary
from kiosk.fleet.viewer.chain_counters import ChainCounter
from kiosk.orders.answers.json_values import clean

_LONGEST = 200  # characters of a problem

_STYLE = """
:root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --text: #1c2126; --soft: #56606b;
  --edge: #dfe3e8; --well: #157a45; --ill: #b3261e; --ill-soft: #fcebe9 }
@media (prefers-color-scheme: dark) { :root { --page: #14171a; --card: #1e2226; --text: #e9edf1;
  --soft: #a3adb8; --edge: #343a41; --well: #5fcf92; --ill: #ff9d94; --ill-soft: #3a2322 } }
* { box-sizing: border-box; margin: 0 }
body { background: var(--page); color: var(--text); font: 16px/1.45 system-ui, sans-serif;
  max-width: 110rem; margin: 0 auto; padding: 1.5rem }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline;
  justify-content: space-between; margin-bottom: 1.25rem }
h1 { font-size: 1.35rem }
header p, dl { color: var(--soft) }
.away { background: var(--ill-soft); color: var(--ill); padding: .6rem .9rem; border-radius: .5rem;
  margin-bottom: 1rem }
ul { list-style: none; padding: 0 }
.counters { display: grid; gap: .9rem;
  grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)) }
.counters > li { background: var(--card); border: 1px solid var(--edge); padding: .8rem 1rem;
  border-left: .4rem solid var(--well); border-radius: .6rem; overflow-wrap: anywhere }
.counters > li.ill { border-left-color: var(--ill) }
h2 { font-size: 1.05rem; display: flex; flex-wrap: wrap; gap: 0 .75rem;
  justify-content: space-between }
h2 span { color: var(--well) }
.ill h2 span, .ill li { color: var(--ill) }
.ill ul { margin-top: .35rem }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0 .75rem; margin-top: .35rem;
  font-size: .9rem }
dd { color: var(--text); font-variant-numeric: tabular-nums }
"""
POLICY = (
    f"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src "
    f"'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)


def page(counters: Iterable[ChainCounter], problem: str) -> str:
    """Return the page; ``problem`` says why the broker is away, if it is."""
    known = sorted(counters, key=lambda each: (not each.problems(), each.name))
    problem = problem or ("" if known else _(NO_COUNTER))
    ill = sum(bool(each.problems()) for each in known)
    title = _("All counters")
    return "\n".join(
        (
            f'<!DOCTYPE html>\n<html lang="{language()}">\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{f'({ill}) ' if ill else ''}{escape(title)}</title>",
            f"<style>{_STYLE}</style>\n<body>\n<main>",
            f"<header><h1>{escape(title)}</h1>",
            f"<p>{escape(summary(known))} · {time.strftime('%H:%M:%S')}</p></header>",
            *(
                [f'<p class="away" role="alert">{escape(clean(problem, 400))}</p>']
                if problem
                else []
            ),
            '<ul class="counters">',
            *(line for each in known for line in _card(each)),
            "</ul>\n</main>\n</body>\n</html>\n",
        )
    )


def _card(counter: ChainCounter) -> Iterator[str]:
    problems = counter.problems()
    state = _(counter.state) if counter.state else "?"
    yield f'<li class="{"ill" if problems else "well"}">'
    yield f"<h2>{escape(counter.name)} <span>{escape(state)}</span></h2>"
    if problems:
        yield "<ul>"
        yield from (f"<li>{escape(clean(each, _LONGEST))}</li>" for each in problems)
        yield "</ul>"
    yield "<dl>"
    for what, text in (
        (_("since"), local_time(counter.since)),
        (_("last sale"), last_sale(counter)),
        (_("version"), clean(counter.version, 40)),
    ):
        if text:
            yield f"<dt>{escape(what)}</dt><dd>{escape(text)}</dd>"
    yield "</dl>\n</li>"
