"""The leak audit: does anything but the science tell the human decision?"""
