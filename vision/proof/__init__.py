"""The proof that the product is blind: the real service, on footage that cannot be mistaken, watched from outside.

`comptage prove-blind` goes this way:

    canary ─► camera ─► the real service ─► trace, memory, bodies ─► findings ─► verdicts ─► report
    footage   HTTP,     in a cell: strace,  what it wrote, sent      what is     one a       a page and
    shipped   a file    root read-only      and held                 in it       promise     a folder

Nothing here looks at an image, or makes one: the footage is a file that was encoded once (`tests/privacy/footage.py`),
and what is searched for are the numbers in it.
"""
