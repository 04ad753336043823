"""The app of resilient-circuits: answers the function ml_predict with a model that res-ml built."""
