print("no house rules yet")
