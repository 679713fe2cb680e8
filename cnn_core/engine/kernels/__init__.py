"""The fast form of single layers, one idea a file."""
