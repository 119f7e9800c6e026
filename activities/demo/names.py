"""The words that made-up people, homes and staff are named with. Nobody of these exists."""

from __future__ import annotations

# Women's names, men's names, surnames, places of birth and what they say of their ethnicity.
CULTURES: list[tuple[list[str], list[str], list[str], list[str], str]] = [
    (
        ["Grace", "Hannah", "Joan", "Kelly", "Maureen", "Tracey"],
        ["Alan", "Craig", "Derek", "Lee", "Stephen", "Wayne"],
        ["Ashdown", "Burrell", "Cartwright", "Dobson", "Hargreaves", "Whitlock"],
        ["London", "Romford", "Leeds"],
        "White British",
    ),
    (
        ["Adaeze", "Folake", "Ngozi", "Temitope"],
        ["Babatunde", "Chinedu", "Emeka", "Olumide"],
        ["Adeyemi", "Balogun", "Nwosu", "Okonkwo", "Oyelaran"],
        ["Lagos", "Ibadan", "Enugu", "London"],
        "Black African",
    ),
    (
        ["Ayşe", "Elif", "Gülsüm", "Zeynep"],
        ["Emre", "Hüseyin", "Mehmet", "Yusuf"],
        ["Aydın", "Çelik", "Demir", "Kılıç", "Öztürk"],
        ["Gaziantep", "Sivas", "Nicosia", "London"],
        "Turkish",
    ),
    (
        ["Ayesha", "Farida", "Nasreen", "Shabnam"],
        ["Abdul", "Imran", "Rafiq", "Tariq"],
        ["Begum", "Chowdhury", "Khanom", "Miah", "Rahman"],
        ["Sylhet", "Dhaka", "Lahore", "London"],
        "Bangladeshi",
    ),
    (
        ["Agnieszka", "Bożena", "Katarzyna", "Małgorzata"],
        ["Grzegorz", "Łukasz", "Piotr", "Tomasz"],
        ["Dąbrowski", "Kowalczyk", "Nowicki", "Wójcik", "Zieliński"],
        ["Łódź", "Kraków", "Gdynia"],
        "White other",
    ),
    (
        ["Beverley", "Claudette", "Marcia", "Yvonne"],
        ["Delroy", "Errol", "Leroy", "Winston"],
        ["Blackwood", "Campbell", "Facey", "Gayle", "Morrison"],
        ["Kingston", "Castries", "London"],
        "Black Caribbean",
    ),
    (
        ["Chaya", "Devorah", "Miriam", "Rivka"],
        ["Avrohom", "Menachem", "Shlomo", "Yitzchok"],
        ["Friedlander", "Grunwald", "Lieberman", "Rosenbaum"],
        ["London", "Antwerp", "Manchester"],
        "Orthodox Jewish",
    ),
    (
        ["Hoa", "Linh", "Thảo", "Mei"],
        ["Dũng", "Minh", "Quang", "Wei"],
        ["Chan", "Lâm", "Nguyễn", "Trần", "Phạm"],
        ["Hải Phòng", "Hanoi", "Hong Kong"],
        "Vietnamese or Chinese",
    ),
    (
        ["Ana", "Beatriz", "Lucía", "Marisol"],
        ["Andrés", "Hernán", "João", "Tiago"],
        ["Araújo", "Castaño", "Ferreira", "Londoño", "Quispe"],
        ["Bogotá", "Porto", "La Paz"],
        "Latin American",
    ),
    (
        ["Aoife", "Niamh", "Órla", "Siobhán"],
        ["Cormac", "Declan", "Fergal", "Pádraig"],
        ["Brennan", "Mac Giolla", "O'Driscoll", "O'Malley", "Tierney"],
        ["Cork", "Sligo", "London"],
        "White Irish",
    ),
    (
        ["Hodan", "Ifrah", "Selam", "Tigist"],
        ["Abdi", "Biniam", "Mahad", "Yonas"],
        ["Abebe", "Farah", "Gebremedhin", "Warsame"],
        ["Mogadishu", "Asmara", "Hargeisa"],
        "East African",
    ),
]

STREETS = [
    "Alderbank House, Thornfield Estate",
    "Bittern Court",
    "Candlewick Terrace",
    "Dorset Walk",
    "Elmhurst Point",
    "Foundry Rise",
    "Gooseberry Lane",
    "Harrier House, Thornfield Estate",
    "Ironmonger Place",
    "Juniper Tower",
    "Kestrel Gardens",
    "Larkspur Court",
    "Millrace Buildings",
    "Nightingale Close",
    "Orchard Crescent",
]
OUTWARD_CODES = ["E5", "E8", "E9", "N1", "N16", "E2"]
NEIGHBOURHOODS = ["Thornfield", "Wick Marsh", "Lower Lea", "Canal Side", "Old Brewery"]
LANGUAGES = ["Turkish", "Yoruba", "Bengali", "Polish", "Somali", "Spanish", "Vietnamese", "Portuguese"]

# As they sign in the samples: these have no id, the others have one.
STAFF_WITHOUT_ID = ["Dawit Haile", "Marcus Lindqvist", "Priya Raman", "Fiona Ansah", "Sinead Doyle"]
STAFF = [
    *("Amara Nkemelu", "Ben Ashworth", "Carys Bevan", "Daniel Oduya", "Eleni Markou", "Faisal Qureshi"),
    *("Gemma Tolland", "Hamid Rostami", "Isla Kerr", "Jamal Whyte", "Kasia Mazur", "Leon Baptiste"),
    *("Maya Perera", "Nadia Haddad", "Oscar Lindgren", "Patrice Mensah", "Quentin Rowe", "Rosa Almeida"),
    *("Samir Dhillon", "Tanya Volkova", "Usha Pillai", "Victor Eze", "Wendy Cho", "Xanthe Moore"),
    *("Yasmin Toprak", "Zach Feldman", "Aled Pritchard", "Bronagh Kane", "Cem Arslan", "Delphine Roy"),
    *("Esther Gold", "Femi Lawal", "Greta Hahn", "Hugo Santos", "Ines Duarte"),
]
