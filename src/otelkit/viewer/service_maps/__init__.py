"""The service map: from edges to layers, from layers to places, from places to what a template draws as SVG.

Nothing here is left to chance: the same edges make the same map.
"""
