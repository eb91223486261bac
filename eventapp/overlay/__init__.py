"""Graphics for the live stream: the pages that OBS and other mixers load, and the stream desk that puts them on air.

/overlay/<scene> · /switcher
"""
