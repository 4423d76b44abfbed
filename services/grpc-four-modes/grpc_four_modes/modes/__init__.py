"""One file for each mode, its handler beside its call; asyncio. The same for threads: `sync_modes`."""
