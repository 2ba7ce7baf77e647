#include "model/normalise/country_aliases.h"

namespace pm {
namespace {

constexpr std::string_view kAliases[] = {
    "AE|UAE|Emirates|The Emirates",
    "AG|Antigua",
    "AR|Argentine Republic",
    "BA|Bosnia|Bosnia-Herzegovina|BiH",
    "BL|St. Barts|Saint Barth|Collectivity of Saint Barthélemy",
    "BN|Brunei Darussalam|Nation of Brunei, Abode of Peace",
    "BO|Bolivia, Plurinational State of|Plurinational State of Bolivia",
    "BQ|Bonaire, Sint Eustatius and Saba|Bonaire|BES Islands|Caribbean Netherlands",
    "BY|Belorussia|Byelorussia",
    "CC|Cocos Islands|Keeling Islands|Territory of the Cocos (Keeling) Islands",
    "CD|Congo, The Democratic Republic of the|Democratic Republic of the Congo|DR Congo|DRC|Zaire|"
    "Congo, Democratic Republic of the|Congo-Kinshasa|Congo (DRC)|Democratic Republic of Congo",
    "CG|Congo|Republic of the Congo|Republic of Congo|Congo-Brazzaville|Congo, Republic of the",
    "CH|Swiss Confederation|Confoederatio Helvetica",
    "CI|Ivory Coast|Republic of Côte d'Ivoire",
    "CN|People's Republic of China|PR China|P.R. China|PRC|Mainland China|China, People's Republic "
    "of",
    "CV|Cabo Verde",
    "CW|Country of Curaçao",
    "CX|Territory of Christmas Island",
    "CZ|Czech Republic|The Czech Republic",
    "DE|Federal Republic of Germany|BRD|Bundesrepublik Deutschland",
    "DO|Dominican Rep.|The Dominican Republic",
    "DZ|People's Democratic Republic of Algeria",
    "EH|Sahrawi Arab Democratic Republic",
    "ER|State of Eritrea",
    "FK|Falkland Islands (Malvinas)|Falklands|Malvinas",
    "FM|Micronesia, Federated States of|Federated States of Micronesia|Micronesia",
    "FO|Faeroe Islands|Faroes",
    "FR|French Republic",
    "GA|Gabonese Republic",
    "GB|UK|Great Britain|Britain|England|Scotland|Wales|Northern Ireland|"
    "United Kingdom of Great Britain and Northern Ireland|England and Wales|The UK|"
    "United Kingdom (UK)|UK (Great Britain)",
    "GE|Republic of Georgia",
    "GF|Guiana",
    "GG|Bailiwick of Guernsey",
    "GM|The Gambia|Republic of the Gambia",
    "GR|Hellenic Republic|Hellas",
    "GS|South Georgia|South Georgia and the South Sandwich Islands",
    "GY|Co-operative Republic of Guyana",
    "HK|Hong Kong SAR|Hong Kong, China|Hongkong|"
    "Hong Kong Special Administrative Region of the People's Republic of China",
    "HM|Heard Island and McDonald Islands",
    "IE|Republic of Ireland|Eire|Éire|Southern Ireland",
    "IL|State of Israel",
    "IM|Isle of Man",
    "IO|Chagos Islands",
    "IR|Iran, Islamic Republic of|Persia",
    "IT|Italian Republic",
    "JE|Bailiwick of Jersey",
    "KG|Kyrgyz Republic|Kirghizia|Kirgizstan",
    "KI|Independent and Sovereign Republic of Kiribati",
    "KM|Union of the Comoros",
    "KN|Saint Christopher and Nevis|St. Kitts|Federation of Saint Christopher and Nevis",
    "KP|Korea, Democratic People's Republic of|Democratic People's Republic of Korea|DPRK|"
    "Korea, North|Korea (North)|North Korea",
    "KR|Korea|Korea, Republic of|Republic of Korea|Korea, South|Korea (South)|South Korea|S. Korea|"
    "Korea Rep.|ROK",
    "KW|State of Kuwait",
    "LA|Lao People's Democratic Republic|Lao PDR|Lao",
    "LB|Lebanese Republic",
    "LK|Democratic Socialist Republic of Sri Lanka|Ceylon",
    "LU|Luxemburg|Grand Duchy of Luxembourg",
    "LY|Libyan Arab Jamahiriya|State of Libya",
    "MD|Moldova, Republic of|Republic of Moldova|Moldavia",
    "MF|Saint Martin (French part)|St. Martin|Saint Martin",
    "MK|Macedonia|FYROM|Macedonia, the former Yugoslav Republic of|Republic of Macedonia|"
    "Former Yugoslav Republic of Macedonia",
    "MM|Burma|Republic of the Union of Myanmar",
    "MO|Macau|Macao|Macau SAR|Macao Special Administrative Region of the People's Republic of "
    "China",
    "MP|Commonwealth of the Northern Mariana Islands|Saipan",
    "MX|United Mexican States|Estados Unidos Mexicanos",
    "NF|Territory of Norfolk Island",
    "NL|Holland|The Netherlands|Kingdom of the Netherlands|Nederlands",
    "NZ|Aotearoa",
    "OM|Sultanate of Oman",
    "PG|Independent State of Papua New Guinea|PNG",
    "PH|Philippine Islands|Republic of the Philippines",
    "PN|Pitcairn|Pitcairn Group of Islands",
    "PS|Palestine|Palestine, State of|State of Palestine|Palestinian Territory|"
    "Palestinian Territory, Occupied|Palestinian Territories|West Bank and Gaza",
    "PT|Portuguese Republic",
    "QA|State of Qatar",
    "RE|Réunion Island",
    "RU|Russia|Russian Federation",
    "SA|KSA|Kingdom of Saudi Arabia",
    "SD|Republic of the Sudan",
    "SH|Saint Helena, Ascension and Tristan da Cunha|Saint Helena",
    "SJ|Svalbard og Jan Mayen",
    "SK|Slovak Republic",
    "SM|Most Serene Republic of San Marino",
    "ST|Democratic Republic of São Tomé and Príncipe",
    "SX|Sint Maarten (Dutch part)|Saint Maarten",
    "SY|Syrian Arab Republic",
    "SZ|Swaziland|Kingdom of Eswatini",
    "TF|French Southern and Antarctic Lands|Territory of the French Southern and Antarctic Lands",
    "TG|Togolese Republic",
    "TL|East Timor|Democratic Republic of Timor-Leste",
    "TN|Tunisian Republic",
    "TR|Turkey|Türkiye|Republic of Türkiye|Turkiye Cumhuriyeti",
    "TT|Trinidad|Tobago",
    "TW|Taiwan|Taiwan, Province of China|Republic of China (Taiwan)|Republic of China|Taiwan, ROC|"
    "Chinese Taipei|Taiwan R.O.C.|ROC",
    "TZ|Tanzania, United Republic of|United Republic of Tanzania",
    "UM|United States Minor Outlying Islands",
    "US|US|USA|United States of America|U.S. of A.|The United States|The United States of America|"
    "The US|The USA|America|United States (US)|United States (USA)|US of America|Estados Unidos de "
    "America|"
    "EE.UU.|EUA|EEUU|Etats-Unis d'Amérique|Stati Uniti d'America|Vereinigte Staaten von Amerika",
    "UY|Oriental Republic of Uruguay",
    "VA|Vatican|Vatican City State|Holy See|Holy See (Vatican City State)|The Vatican",
    "VC|Saint Vincent|St. Vincent|Saint Vincent and the Grenadines|St. Vincent and the Grenadines",
    "VE|Venezuela, Bolivarian Republic of|Bolivarian Republic of Venezuela",
    "VG|Virgin Islands, British|Virgin Islands (British)|BVI",
    "VI|Virgin Islands, U.S.|Virgin Islands (U.S.)|USVI|United States Virgin Islands|US Virgin "
    "Islands|Virgin Islands of the "
    "United States",
    "VN|Viet Nam|Socialist Republic of Vietnam|Socialist Republic of Viet Nam",
    "WF|Territory of the Wallis and Futuna Islands",
    "WS|Western Samoa|Independent State of Samoa",
    "XK|XKX|Kosova",
    "ZA|RSA|Republic of South Africa",
};

}  // namespace

std::span<const std::string_view> CountryAliases() { return kAliases; }

}  // namespace pm
