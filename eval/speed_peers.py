def present(names): return []
