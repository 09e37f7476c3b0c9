"""A verifier of election records. See ../verify.py."""
