"""Language models as reviewers: a panel of members, an area chair, and the rules that say when to stop asking."""
