"""``kiosk manual``: the pages in ``kiosk/manual``, on the terminal and for the HTML of the manual.

| file | what it does |
|---|---|
| `manual_pages.py` | finds a page by the word that a person types |
| `fences.py` | finds the directives in a page, and replaces them |
| `small_counter.py` | completes the settings in a page to those of a whole counter |
| `generated_text.py` | what is generated from the code: settings, commands, codes |
| `terminal_page.py` | a page as a terminal shows it, in the reader's language |
"""
