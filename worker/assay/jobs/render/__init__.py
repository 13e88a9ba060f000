"""The render kind: a glTF scene, path-traced into one picture.

spec (what is asked) → plan (tiles and sample ranges, lots) → prepare (glTF → arrays) → tables (arrays → program
inputs) → the native program, per item → assemble (items → picture) and preview (one lot → tiles).
"""
