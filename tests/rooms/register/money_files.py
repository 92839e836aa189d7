"""Files that the tests of money bring in."""

BUDGET = """Alderbrook Council
Revenue budget 2025/26
Directorate,Cost centre,Description,Budget 2025/26,Outturn 2025/26
Adults,A100,Home care,"1,000,000",990000.50
Adults,A101,Day care,"250,000.10",
Adults total,,,"1,250,000.10",990000.50
Leisure,L1,Pools,100000,(2000)
Total,,,"1,350,000.10","988,000.50"
"""
