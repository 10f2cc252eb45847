"""``kiosk manual``: the pages in ``kiosk/manual``, on the terminal and for the HTML of the manual.

| file | what it does |
|---|---|
| `manual_pages.py` | finds a page by the word that a person types |
| `fences.py` | finds the directives in a page; completes its settings to those of a counter |
| `settings_list.py`, `command_list.py`, `code_lists.py`, `record_lists.py` | the lists of these |
| `plain_directives.py` | what each directive stands for, without Sphinx |
| `reader.py` | the command: lists the pages, or shows one |
| `terminal_page.py` | a page as a terminal shows it, in the reader's language |
"""
