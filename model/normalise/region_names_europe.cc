#include "model/normalise/region_names.h"

namespace pm {
namespace {

constexpr std::string_view kAustria[] = {"1|Burgenland|Bgld",
                                         "2|Kärnten|Carinthia|Ktn",
                                         "3|Niederösterreich|Lower Austria|NÖ",
                                         "4|Oberösterreich|Upper Austria|OÖ",
                                         "5|Salzburg|Sbg",
                                         "6|Steiermark|Styria|Stmk",
                                         "7|Tirol|Tyrol",
                                         "8|Vorarlberg|Vbg",
                                         "9|Wien|Vienna"};

constexpr std::string_view kBelgium[] = {
    "BRU|Brussels Hoofdstedelijk Gewest|Bruxelles|Brussel|Brussels|Brussels-Capital|Brussels "
    "Capital Region|Région de Bruxelles-Capitale|Bruxelles-Capitale",
    "VLG|Vlaams Gewest|Vlaanderen|Flanders|Flemish Region",
    "WAL|wallonne, Région|Wallonie|Wallonia|Région wallonne",
    "VAN|Antwerpen|Antwerp|Anvers",
    "VBR|Vlaams-Brabant|Flemish Brabant|Brabant flamand",
    "VLI|Limburg",
    "VOV|Oost-Vlaanderen|East Flanders|Flandre-Orientale",
    "VWV|West-Vlaanderen|West Flanders|Flandre-Occidentale",
    "WBR|Brabant wallon|Walloon Brabant|Waals-Brabant",
    "WHT|Hainaut|Henegouwen",
    "WLG|Liège|Luik",
    "WLX|Luxembourg|Luxemburg",
    "WNA|Namur|Namen"};

constexpr std::string_view kSwitzerland[] = {
    "AG|Aargau|Argovia|Argovie",
    "AR|Appenzell Ausserrhoden",
    "AI|Appenzell Innerrhoden",
    "BL|Basel-Landschaft|Basel-Land|Baselland",
    "BS|Basel-Stadt|Basel|Bâle",
    "BE|Bern|Berne|Berna",
    "FR|Freiburg|Fribourg",
    "GE|Genève|Geneva|Genf|Ginevra",
    "GL|Glarus|Glaris",
    "GR|Graubünden|Grisons|Grigioni",
    "JU|Jura",
    "LU|Luzern|Lucerne|Lucerna",
    "NE|Neuchâtel|Neuenburg",
    "NW|Nidwalden",
    "OW|Obwalden",
    "SG|Sankt Gallen|St. Gallen|Saint Gallen|St. Gall|Saint-Gall",
    "SH|Schaffhausen|Schaffhouse",
    "SZ|Schwyz",
    "SO|Solothurn|Soleure",
    "TG|Thurgau|Thurgovia|Thurgovie",
    "TI|Ticino|Tessin",
    "UR|Uri",
    "VS|Valais|Wallis",
    "VD|Vaud|Waadt",
    "ZG|Zug|Zoug",
    "ZH|Zürich|Zurigo|Zurich"};

constexpr std::string_view kGermany[] = {
    "BW|Baden-Württemberg|BaWü|Baden-Wurttemberg",
    "BY|Bayern|Bavaria|Freistaat Bayern",
    "BE|Berlin",
    "BB|Brandenburg",
    "HB|Bremen|Freie Hansestadt Bremen|Hansestadt Bremen",
    "HH|Hamburg|Freie und Hansestadt Hamburg",
    "HE|Hessen|Hesse",
    "MV|Mecklenburg-Vorpommern|Mecklenburg-Western Pomerania|Meck-Pomm",
    "NI|Niedersachsen|Lower Saxony",
    "NW|Nordrhein-Westfalen|North Rhine-Westphalia|NRW|Northrhine-Westphalia",
    "RP|Rheinland-Pfalz|Rhineland-Palatinate|RLP",
    "SL|Saarland",
    "SN|Sachsen|Saxony",
    "ST|Sachsen-Anhalt|Saxony-Anhalt",
    "SH|Schleswig-Holstein",
    "TH|Thüringen|Thuringia"};

constexpr std::string_view kUnitedKingdom[] = {
    "ENG|England",           "SCT|Scotland",
    "WLS|Wales|Cymru|CYM",   "NIR|Northern Ireland|N. Ireland|NI",
    "EAW|England and Wales", "GBN|Great Britain",
    "UKM|United Kingdom"};

constexpr std::string_view kNetherlands[] = {"DR|Drenthe",
                                             "FL|Flevoland",
                                             "FR|Fryslân|Friesland",
                                             "GE|Gelderland|Guelders",
                                             "GR|Groningen",
                                             "LI|Limburg",
                                             "NB|Noord-Brabant|North Brabant",
                                             "NH|Noord-Holland|North Holland",
                                             "OV|Overijssel",
                                             "UT|Utrecht",
                                             "ZE|Zeeland",
                                             "ZH|Zuid-Holland|South Holland",
                                             "AW|Aruba",
                                             "BQ1|Bonaire",
                                             "BQ2|Saba",
                                             "BQ3|Sint Eustatius",
                                             "CW|Curaçao",
                                             "SX|Sint Maarten"};

constexpr std::string_view kPoland[] = {"02|Dolnośląskie|DS|Lower Silesia",
                                        "04|Kujawsko-pomorskie|KP",
                                        "06|Lubelskie|LU",
                                        "08|Lubuskie|LB",
                                        "10|Łódzkie|LD|Lodz",
                                        "12|Małopolskie|MA|Lesser Poland",
                                        "14|Mazowieckie|MZ|Masovia|Mazovia",
                                        "16|Opolskie|OP",
                                        "18|Podkarpackie|PK",
                                        "20|Podlaskie|PD",
                                        "22|Pomorskie|PM|Pomerania",
                                        "24|Śląskie|SL|Silesia",
                                        "26|Świętokrzyskie|SK",
                                        "28|Warmińsko-mazurskie|WN",
                                        "30|Wielkopolskie|WP|Greater Poland",
                                        "32|Zachodniopomorskie|ZP|West Pomerania"};

constexpr std::string_view kSweden[] = {"AB|Stockholms län|Stockholm",
                                        "AC|Västerbottens län|Västerbotten",
                                        "BD|Norrbottens län|Norrbotten",
                                        "C|Uppsala län|Uppsala",
                                        "D|Södermanlands län|Södermanland|Sörmland",
                                        "E|Östergötlands län|Östergötland",
                                        "F|Jönköpings län|Jönköping",
                                        "G|Kronobergs län|Kronoberg",
                                        "H|Kalmar län|Kalmar",
                                        "I|Gotlands län|Gotland",
                                        "K|Blekinge län|Blekinge",
                                        "M|Skåne län|Skåne|Scania",
                                        "N|Hallands län|Halland",
                                        "O|Västra Götalands län|Västra Götaland",
                                        "S|Värmlands län|Värmland",
                                        "T|Örebro län|Örebro",
                                        "U|Västmanlands län|Västmanland",
                                        "W|Dalarnas län|Dalarna",
                                        "X|Gävleborgs län|Gävleborg",
                                        "Y|Västernorrlands län|Västernorrland",
                                        "Z|Jämtlands län|Jämtland"};

constexpr std::string_view kIreland[] = {"C|Connacht|Connaught",
                                         "L|Leinster|Laighin",
                                         "M|Munster|An Mhumhain",
                                         "U|Ulster|Ulaidh",
                                         "CW|Carlow",
                                         "CN|Cavan|An Cabhán",
                                         "CE|Clare|An Clár",
                                         "CO|Cork|Corcaigh",
                                         "DL|Donegal",
                                         "D|Dublin|Baile Átha Cliath",
                                         "G|Galway|Gaillimh",
                                         "KY|Kerry|Ciarraí",
                                         "KE|Kildare|Cill Dara",
                                         "KK|Kilkenny|Cill Chainnigh",
                                         "LS|Laois",
                                         "LM|Leitrim",
                                         "LK|Limerick",
                                         "LD|Longford|An Longfort",
                                         "LH|Louth",
                                         "MO|Mayo|Maigh Eo",
                                         "MH|Meath|An Mhí",
                                         "MN|Monaghan",
                                         "OY|Offaly",
                                         "RN|Roscommon|Ros Comáin",
                                         "SO|Sligo|Sligeach",
                                         "TA|Tipperary|Tiobraid Árann",
                                         "WD|Waterford|Port Láirge",
                                         "WH|Westmeath|An Iarmhí",
                                         "WX|Wexford|Loch Garman",
                                         "WW|Wicklow|Cill Mhantáin"};

constexpr CountryRegions kEurope[] = {
    {"AT", kAustria}, {"BE", kBelgium},       {"CH", kSwitzerland},
    {"DE", kGermany}, {"GB", kUnitedKingdom}, {"NL", kNetherlands},
    {"PL", kPoland},  {"SE", kSweden},        {"IE", kIreland}};

}  // namespace

std::span<const CountryRegions> EuropeanRegions() { return kEurope; }

}  // namespace pm
