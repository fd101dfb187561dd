"""Review forms as data: what a reviewer is asked, how answers are checked, how several are averaged."""
