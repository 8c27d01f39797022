"""``report.html``: an ablation as one page that needs nothing but a browser.

The page forbids itself the network (its content security policy), so that what it shows is what is in it.
"""

import html
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from nastoolkit.ablation.figures import figures
from nastoolkit.ablation.files import write_whole
from nastoolkit.ablation.marks import Figure
from nastoolkit.ablation.plotly_view import javascript, specification
from nastoolkit.ablation.report_tables import VERDICT_CLASSES, pairs_table, standings, tables
from nastoolkit.ablation.words import Document, answer, plural, readable, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:"

SENTENCES = 12
"""Comparisons that are told one by one at the head; of more, each arm's verdicts are counted there."""


def write_report(document: Document, path: Path) -> None:
    """Write the page, in the place of an earlier one.

    Raises:
        OutputError: the file cannot be written.
    """
    write_whole(path, page(document).encode("utf-8", "backslashreplace"))


def page(document: Document) -> str:
    """The whole page."""
    name = html.escape(document["ablation"])
    made = figures(document)
    drawn = "\n".join(map(_figure, made)) if made else "<p>There is nothing to draw: no run has a result.</p>"
    parts = {
        "Tables": tables(document) or "<p>No run has a result.</p>",
        "Figures": f"<noscript><p>Figures need JavaScript; the tables hold the numbers.</p></noscript>{drawn}",
        "How it was made": _making(document),
    }
    sections = "\n".join(f'<h2 id="{_anchor(title)}">{title}</h2>\n{part}' for title, part in parts.items())
    links = "".join(f'<a href="#{_anchor(title)}">{title}</a>' for title in parts)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}: ablation</title>
<style>{_beside("report.css")}</style>
</head>
<body><main>
<h1>{name}</h1>
<p class="soft">{_scope(document)}</p>
{_head(document)}
<nav>{links}</nav>
{sections}
</main>
<script>{javascript()}</script>
<script>{_beside("report.js")}</script>
</body>
</html>
"""


def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _scope(document: Document) -> str:
    """What was compared, in a line."""
    varied = ", ".join(document["varied"]) or "nothing"
    return html.escape(
        f"{plural(len(document['arms']), 'arm')} that differ in {varied}, on "
        f"{plural(len(document['datasets']), 'data set')}, {plural(len(document['seeds']), 'seed')} each, "
        f"{_budget(document)} a search; begun {document['created']}"
    )


def _budget(document: Document) -> str:
    return f"{document['budget']['amount']:g} {document['budget']['by']}"


def _head(document: Document) -> str:
    """The answer, how often each verdict was given, and the sentences."""
    comparisons: Sequence[Document] = document["comparisons"]
    counts = Counter(one["verdict"] for one in comparisons)
    tiles = "".join(
        f'<li><b class="{kind}">{counts[verdict]}</b>{verdict}</li>' for verdict, kind in VERDICT_CLASSES.items()
    )
    items = "\n".join(f"<li>{html.escape(sentence(one))}</li>" for one in comparisons[:SENTENCES])
    told = f"<ul>{items}</ul>" if len(comparisons) <= SENTENCES else standings(document)
    several = f'<ul class="counts">{tiles}</ul>\n{told}' if len(comparisons) > 1 else ""
    return f'<div class="answer"><p>{html.escape(answer(document))}</p></div>\n{several}{_missing(document)}'


def _missing(document: Document) -> str:
    missing = len(document["missing"])
    return f'<p class="worse">{plural(missing, "run")} missing: see the tables.</p>' if missing else ""


def _figure(figure: Figure) -> str:
    """A place to draw in, and right after it what to draw; no text of it can end the script element."""
    specified = json.dumps(specification(figure), allow_nan=False).replace("<", "\\u003c")
    return (
        f"<figure><h3>{html.escape(figure.title)}</h3><figcaption>{html.escape(figure.caption)}</figcaption>"
        f'<div class="plot"></div><script type="application/json">{specified}</script></figure>'
    )


def _making(document: Document) -> str:
    """All that is needed to make it again."""
    runs: Sequence[Document] = document["runs"]
    seconds = sum(run["seconds"] or 0 for run in runs)
    facts = {
        "budget of a search": _budget(document),
        "seeds": document["seeds"],
        "varied": document["varied"],
        "metrics": [readable(metric) for metric in document["metrics"]],
        "level": document["level"],
        "control": document["control"] or "none: all pairs are compared",
        "runs": f"{len(runs)}, {seconds / 60:.1f} minutes of searching in all",
        "begun": document["created"],
        "folder": document["folder"],
    }
    sections = {
        "Design": facts,
        "Files": document["files"],
        "Data sets": document["data"],
        "Machine and versions": document["environment"],
        "Configuration": document["config"],
    }
    return "\n".join(pairs_table(title, pairs) for title, pairs in sections.items())
