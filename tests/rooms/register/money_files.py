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
REGISTER = """Contract ref,Contract title,Supplier,Start date,End date,Contract value,Department
K-1,School meals,Larkhollow Kitchens Ltd,01/04/2025,31/03/2026,100000,
K-2,Street cleaning,Plover Ltd,01/04/2024,30/06/2025,"50,000.50",
0021,Grass,Oxlip,01/04/2025,TBC,3000,
,Night shelter,Harbour House,01/04/2025,31/03/2026,,
"""
PAYMENTS = """Date paid,Supplier,Contract ref,Amount
03/06/2025,Larkhollow Kitchens Limited,K-1,60000.10
03/09/2025,Larkhollow Kitchens Ltd,k 1,45000.20
01/06/2025,Plover Ltd,K-2,1000
01/08/2025,Plover Ltd,K-2,250.75
01/08/2025,Plover Ltd,,99.99
01/08/2025,Nobody Known,,10.01
01/08/2024,Larkhollow Kitchens Ltd,K-1,7
"""
