"""Puts adapters behind the services' ports, one module for each part: no function imports what it does not use.

Builders are cached: what is built at a function's cold start serves all its later invocations.
"""
