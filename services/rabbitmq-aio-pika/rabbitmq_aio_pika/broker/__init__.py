"""The broker's side: connections, pools, topology, and what can go wrong with them."""
