"""The stack as plain processes under supervisord, for machines without containers."""
