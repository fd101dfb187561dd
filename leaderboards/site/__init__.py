"""The static site of the leaderboards: pages, drawings and one JSON document, all made from `Boards`."""
