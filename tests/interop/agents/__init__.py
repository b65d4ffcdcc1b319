"""Real user agents, the unit under test, and the ears that listen to both."""
