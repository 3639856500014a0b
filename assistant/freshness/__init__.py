"""Look whether the pages that we hand out still answer, politely, and write down what was found."""
