"""What minutes of a period say: facts gathered from the journeys below, frozen by `webapp.minutes`, shown as papers."""
