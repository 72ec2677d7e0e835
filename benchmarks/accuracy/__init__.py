"""How often matching is right, by what people said about scanners' matches: ``python -m benchmarks.accuracy``.

The labels name package, version and flaw of public images, but no image comes with them: what a scan would have read
from the image (distribution, release, source package) is worked out from the labels in `releases` and
`source_packages`.
"""
