"""Every number, figure and citation of a paper traced to where it came from.

`audit_paper` (in `audit`) is the way in, `records` has what it finds. A number of the paper's results has to equal,
to the digits printed, a value that a run logged, or one that follows from logged values by a derivation that the
match names (`derive`). Which numbers are looked at, and which are none of an experiment's, is said in `reading` and
`passages`.
"""
