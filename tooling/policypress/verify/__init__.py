"""Reads the published outputs back and proves that they say what the source says.

Nothing here knows a renderer or a template: what an output must say is worked out anew from the model.
"""
