"""The questions that the HTTP API answers, one route a module, on nothing but ports."""
