//! An example for each question, shown on demand: ours, on a territory that does not exist. It is never copied into an
//! answer, never counted, never printed.

/// The example of an item, or nothing.
pub fn of(item: &str) -> &'static str {
    EXAMPLES.iter().find(|(key, _)| *key == item).map_or("", |(_, text)| text)
}

/// By item. The Brévane, Montarel, Orsault and Port-Lannec are invented.
const EXAMPLES: &[(&str, &str)] = &[
    // Deliverable 1.
    (
        "q1",
        "Le périmètre suit la vallée de la Brévane, de Montarel à la confluence : neuf communes, sur vingt-deux kilomètres. Toutes les usines de \
         plus de cinquante salariés s’y trouvent, à moins de douze kilomètres les unes des autres, et partagent la même nappe et la même route. \
         Le plateau d’Orsault n’est pas retenu : il est agricole, et ses échanges se font vers le nord. Nous le rouvrirons si la piste des \
         pailles se confirme.",
    ),
    (
        "q2",
        "Trois filières portent le bassin : le papier, le lait et la tuile, soit environ 1 900 emplois sur 3 400. Autour d’elles, quatre-vingts \
         ateliers de mécanique et de bois, souvent sous-traitants. La zone des Trois-Ponts réunit quatorze entreprises, et leur club se tient \
         chaque trimestre depuis 2009. Deux établissements ne participent pas encore : la distillerie et la plateforme logistique.",
    ),
    (
        "q3",
        "On compte 212 établissements de production pour 3 400 emplois, dont 41 % dans l’industrie (fichier des établissements, 2013). Les six \
         plus gros consommateurs d’énergie tiennent dans un rayon de quatre kilomètres : un réseau de chaleur y est concevable. En revanche, un \
         seul émetteur de papiers usagés ne fera pas vivre un centre de tri ; nous le chercherons avec le territoire voisin.",
    ),
    (
        "q4",
        "La communauté de communes exerce le développement économique et les déchets ménagers ; elle décide seule des zones d’activités. L’eau \
         relève d’un syndicat mixte, qui devra autoriser tout rejet commun. La Région et le Département sont associés pour les transports.",
    ),
    (
        "q5",
        "L’animation repose sur deux personnes : la chargée de mission du syndicat, qui visite et relance, et le président du club \
         d’entreprises, qui ouvre les portes. Dans chaque grande usine, un relais est nommé, le plus souvent le responsable environnement. Le \
         conseiller de la chambre de commerce prépare les réunions de zone et en rédige le compte rendu.",
    ),
    (
        "q6",
        "Une lettre de deux pages part chaque trimestre à 140 entreprises ; une sur trois l’ouvre. Quatre visites croisées ont eu lieu depuis \
         mars, avec onze à vingt-six participants. Les idées recueillies sont affichées à la réunion suivante, avec ce qu’elles sont devenues : \
         c’est ce retour qui fait revenir.",
    ),
    (
        "q7",
        "La cimenterie de Port-Lannec, à trente kilomètres, prendrait des refus de pulpe que personne n’utilise ici. Son directeur a reçu deux \
         fois le syndicat ; un essai de dix tonnes est prévu au printemps. Les menuisiers du plateau voisin cherchent des sciures : leur \
         syndicat professionnel assiste à nos ateliers.",
    ),
    (
        "q8",
        "Le plan climat de la communauté de communes fixe déjà une baisse de 20 % des consommations de l’industrie : nous en sommes l’action 12. \
         Le programme de prévention des déchets finance les pesées que nous exploitons. La grappe « Bois du Centre » nous ouvre ses adhérents ; \
         en échange, elle diffuse nos fiches.",
    ),
    (
        "q9",
        "La directrice du syndicat assure aussi le suivi des conventions, sans temps affecté au projet. Le 0,2 ETP de la chambre de commerce est \
         acquis jusqu’en juin, puis à confirmer en assemblée.",
    ),
    (
        "q10",
        "L’emploi d’animation est inscrit au budget du syndicat pour trois ans, après la fin de l’aide : la délibération est jointe. Le club \
         d’entreprises reprend à son compte les visites croisées et la lettre. Reste à obtenir : la moitié du poste à partir de la quatrième \
         année, que nous demanderons aux adhérents sous forme de cotisation.",
    ),
    (
        "adhesion",
        "Les premières entreprises sont venues pour une facture : la collecte commune des cartons leur a fait gagner 15 %. Elles sont restées \
         parce que les réunions durent une heure et finissent par une décision. La crainte de dévoiler ses tonnages retient encore quatre \
         sites ; nous leur proposons de commencer par les services.",
    ),
    (
        "mediation",
        "Un désaccord sur la clé de partage des frais de collecte a bloqué le groupe deux mois. Le conseiller de la chambre, accepté par tous \
         comme tiers, a refait les comptes à huis clos avec chacun, puis présenté trois clés possibles. Depuis, toute convention nomme d’avance \
         la personne qui tranche.",
    ),
    (
        "q11",
        "Le syndicat mixte est le seul à couvrir les neuf communes. Les entreprises le connaissent par ses zones d’activités, les élus y siègent \
         déjà, et il gère chaque année trois programmes subventionnés. Une association d’entreprises pourrait porter la phase 2 à ses côtés : \
         ses statuts sont à l’étude.",
    ),
    (
        "q12",
        "Le syndicat a conduit de 2010 à 2013 une opération collective sur l’eau, avec vingt-deux entreprises et sans contentieux. Il lie une \
         convention à la chambre de commerce, et le club d’entreprises siège à son bureau. Il n’a en revanche aucun lien direct avec la \
         distillerie : le maire d’Orsault fait l’intermédiaire.",
    ),
    (
        "q13",
        "Un comité de pilotage de douze membres décide deux fois par an ; six sièges reviennent aux entreprises, qui peuvent bloquer une \
         dépense. Un comité technique mensuel prépare les dossiers. Chaque synergie a son groupe de travail, dissous quand elle aboutit.",
    ),
    (
        "q14",
        "Le schéma a été présenté au club le 12 mars, puis en conseil communautaire. Sept entreprises sur neuf l’approuvent par écrit. La \
         laiterie demande que les données de production ne remontent pas aux élus : une clause a été ajoutée. Deux communes craignent une \
         réunion de plus ; elles seront représentées par la communauté.",
    ),
    (
        "legal",
        "Une convention type, relue par l’avocat de la chambre, règle la durée, le prix, la qualité du flux et le préavis. Elle a déjà servi \
         pour les palettes. Pour l’atelier de broyage, plus coûteux, un groupement d’intérêt économique est à l’étude avec quatre associés.",
    ),
    (
        "interdependence",
        "La chaleur de la papeterie alimenterait trois voisins : si elle s’arrêtait, leurs chaudières actuelles resteraient en secours pendant \
         cinq ans. Le préavis est d’un an. Aucune entreprise ne dépendra de nous pour plus du tiers d’une matière.",
    ),
    (
        "confidentiality",
        "Les données d’un site ne sont lues que par l’animatrice, liée par un accord signé. Les autres voient des fourchettes, et seulement à \
         partir de trois entreprises. Une synergie n’est nommée publiquement qu’avec l’accord écrit de ses deux parties.",
    ),
    (
        "q15",
        "Les deux premières années coûtent 148 000 €, dont 104 000 € d’animation. L’acquis couvre 61 % : syndicat, Département et cotisations. À \
         moyen terme, de 2018 à 2020, l’atelier de broyage est compté à part. Les montants sont hors taxes.",
    ),
    (
        "q16",
        "À terme, l’animation coûte 55 000 € par an. Un tiers viendrait des cotisations, un tiers des services facturés, comme la gestion des \
         bennes, et un tiers des collectivités. L’équilibre suppose trente adhérents ; ils sont dix-neuf. Sans lui, l’emploi passerait à \
         mi-temps.",
    ),
    (
        "evolution",
        "Deux communes nous ont rejoints en février, ce qui étend le périmètre vers l’aval. Le portage n’a pas changé. En revanche, la piste de \
         la méthanisation est abandonnée, faute de volume, et le réseau de chaleur prend sa place.",
    ),
    // Deliverable 2.
    (
        "context",
        "La vallée vit du papier depuis 1830 et du lait depuis 1920. Elle prélève 4,1 millions de mètres cubes d’eau par an, dont les deux tiers \
         pour l’industrie (agence de l’eau, 2013), et deux étés sur cinq connaissent une restriction. L’énergie de l’industrie représente 310 \
         GWh, surtout du gaz. Les déchets d’activités partent pour moitié à plus de cent kilomètres.",
    ),
    (
        "stakes",
        "Le premier enjeu est l’eau : une sécheresse de plus arrêterait une ligne de la papeterie. Vient ensuite le gaz, qui pèse 9 % des coûts \
         de la tuilerie. L’intérêt est donc net : nos trois premières pistes touchent l’eau et la chaleur, et ce sont les impacts qu’elles \
         feraient baisser le plus.",
    ),
    (
        "boxes",
        "Atout, ressources : de la chaleur disponible toute l’année à la papeterie. Faiblesse, économie : deux établissements font la moitié des \
         emplois. Opportunité, ressources : trois chaufferies communales à renouveler d’ici 2018. Menace, économie : la fermeture annoncée de la \
         gare de fret.",
    ),
    (
        "generators",
        "Cinq établissements font l’essentiel des flux. La papeterie rejette une chaleur basse, toute l’année ; la laiterie emploie beaucoup \
         d’eau propre et en rend autant. La tuilerie cherche du combustible et accepterait des déchets de bois. La distillerie, saisonnière, n’a \
         encore donné aucun chiffre : nous la citons par ce que nous connaissons de son activité.",
    ),
    (
        "pooling",
        "La collecte commune des cartons est la plus mûre : onze entreprises, une tournée, un prestataire déjà consulté. Vient ensuite l’achat \
         groupé de vêtements de travail. Le gardiennage partagé plaît, mais bute sur les horaires de la plateforme. Prochaine étape : une \
         réunion par piste, en octobre.",
    ),
    (
        "substitution",
        "L’eau chaude de la laiterie suffirait à préchauffer celle de la papeterie, à 600 mètres ; il y manque une conduite et un échangeur. Les \
         boues de papier intéressent la tuilerie comme allégeant : un essai dira leur teneur en chlore. L’estimation vient des déclarations \
         annuelles et de deux visites, non de mesures.",
    ),
    (
        "support",
        "Le club d’entreprises relaie nos invitations et finance les visites. La chambre d’agriculture apporte l’inventaire des pailles. Trois \
         démarches déjà en route nous font gagner du temps : l’opération collective sur l’eau, le plan climat et le programme de prévention des \
         déchets.",
    ),
    (
        "method",
        "Les effectifs viennent du fichier des établissements de 2013. Les déchets sont estimés par ratio d’activité et d’emploi, puis corrigés \
         par onze entretiens. La chaleur est un ordre de grandeur, calculé par le bureau d’études de la papeterie. Nous tenons pour incertains \
         tous les flux de la distillerie.",
    ),
    (
        "ambition",
        "Ce qui est nouveau ici n’est pas la technique, mais le contrat : une entreprise chaufferait ses voisins. Bénéfice économique : 8 à 14 % \
         sur la facture de gaz de trois sites. Bénéfice social : un métier de conducteur de réseau, appris sur place. Bénéfice environnemental : \
         environ 900 tonnes de gaz carbonique évitées par an, à vérifier par les compteurs.",
    ),
    (
        "jobs",
        "Deux postes à l’atelier de broyage, estimés sur la base d’un atelier comparable du Sud-Ouest. Nous comptons comme maintenus les six \
         emplois de la ligne menacée par l’eau. Aucun emploi d’animation n’est compté.",
    ),
    (
        "skills",
        "Il manquera un technicien capable de conduire un réseau de chaleur. Le lycée professionnel de Montarel ouvre une option à la rentrée ; \
         deux salariés de la papeterie la suivront en formation continue.",
    ),
    // Deliverable 3, and the page of an action.
    (
        "knowledge",
        "Nous connaissons trente-huit entreprises pour les avoir visitées, et neuf pour avoir mené avec elles l’opération sur l’eau. Les \
         ateliers de bois nous restent inconnus. La collecte commune nous y fera entrer : elle demande peu, donne vite un résultat, et le \
         prestataire passe devant leur porte.",
    ),
    (
        "ac_identity",
        "« Collecte commune des cartons sur la zone des Trois-Ponts », action nouvelle, thème de la collecte mutualisée. Le titre dit le lieu et \
         l’objet.",
    ),
    (
        "ac_description",
        "Depuis le 4 mai, un camion passe chaque mardi chez onze entreprises de la zone et emporte cartons et films. Le club a choisi le \
         prestataire, le syndicat prête le quai. Deux voisins ont demandé à rejoindre la tournée, et la même formule est à l’étude pour les \
         palettes.",
    ),
    (
        "ac_need",
        "Le besoin a été dit lors de la réunion de zone du 5 février : huit entreprises payaient une benne à moitié vide. La papeterie en a fait \
         le calcul devant les autres. L’association de la zone recueille les demandes, la commune autorise l’arrêt du camion.",
    ),
    (
        "ac_progress",
        "En cours. Quatorze tournées ont eu lieu, 31 tonnes ont été collectées, et le compte rendu du 2 septembre est joint. Prochaine étape : \
         l’avenant pour deux entreprises de plus, en novembre.",
    ),
    (
        "ac_lesson",
        "Commencer par la facture, non par la tonne : c’est elle que chacun connaît. Nous referions autrement le choix du jour, décidé sans les \
         équipes de nuit.",
    ),
    // Deliverable 4, and the page of a commitment.
    (
        "map",
        "La carte montre un noyau solide de cinq entreprises et un vide : aucun artisan n’y figure, alors qu’ils sont les plus nombreux. Deux \
         acteurs très influents restent en retrait, la distillerie et le syndicat d’eau ; une rencontre est fixée avec chacun. Les liens les \
         plus actifs passent tous par le club.",
    ),
    (
        "stakeholder_governance",
        "Chaque entreprise signataire a une voix, quelle que soit sa taille. Les décisions se prennent d’un commun accord ; à défaut, à la \
         majorité des deux tiers, sauf pour une dépense, où chacun garde son veto. On entre sur simple courrier, on sort avec trois mois de \
         préavis, sans effet sur les contrats en cours.",
    ),
    (
        "charter_objectives",
        "Nous, signataires, voulons d’ici 2018 : collecter ensemble nos cartons, nos palettes et nos films ; ouvrir une première conduite de \
         chaleur entre deux sites ; réduire d’un dixième l’eau que nous prélevons ensemble. Nous rendrons compte de ces trois objectifs chaque \
         année, chiffres à l’appui.",
    ),
    (
        "charter_principles",
        "Ce qu’un signataire confie reste entre nous, sauf accord écrit. Un gain se partage entre ceux qui l’ont rendu possible. La porte reste \
         ouverte à tout voisin qui accepte ces règles. Chacun dit à temps ce qu’il ne pourra pas tenir.",
    ),
    (
        "core",
        "Trois entreprises forment le cercle. La papeterie a ouvert ses données et reçu quatre visites. La laiterie prête un ingénieur un jour \
         par mois. Le scieur, le plus petit des trois, a convaincu six voisins à lui seul.",
    ),
    (
        "co_weight",
        "La laiterie s’engage à fournir ses volumes d’eau mensuels avant la fin de l’année, et à accueillir l’essai de préchauffage pendant deux \
         mois. Elle compte 240 emplois, soit le deuxième employeur de la vallée.",
    ),
    // Deliverable 5.
    (
        "letter",
        "Madame la Présidente, le syndicat mixte de la Brévane demande l’entrée en phase 2 du projet « Vallée en boucles ». Son dossier compte \
         les six pièces demandées, dont le document d’engagement signé par onze partenaires. Le comité syndical l’a approuvé le 21 septembre. \
         Veuillez agréer, Madame la Présidente, l’expression de notre considération distinguée.",
    ),
    (
        "motivation",
        "Nous visons, dans l’ordre : la conduite de chaleur, l’atelier de broyage, puis un service commun de gestion des déchets. Le syndicat \
         s’y engage parce que l’eau manque déjà et que ses membres l’ont mis au premier rang de leur mandat. Depuis 2010, il a réduit d’un quart \
         ses propres consommations et publie ses chiffres.",
    ),
    // Pages of actors, flows and synergies.
    (
        "st_role",
        "Rôle : accueille l’essai de préchauffage. Compétence : thermique des fluides. Modalité de travail : groupe de travail mensuel, puis \
         convention.",
    ),
    ("fl_use", "Part aujourd’hui en filière d’épandage, à 38 euros la tonne ; l’exploitant accepte que ses voisins le sachent."),
    (
        "sy_description",
        "L’eau tiède de la laiterie, à 35 degrés, préchaufferait celle de la papeterie. Il y manque 600 mètres de conduite et un échangeur ; le \
         frein est la traversée de la route. Prochaine étape : un avis du gestionnaire de voirie. L’estimation repose sur les factures de 2014 \
         et deux entretiens.",
    ),
    (
        "sy_study",
        "La papeterie veut moins de gaz, la laiterie ne plus payer le refroidissement. Frein : la route à traverser ; levier : des travaux de voirie \
         prévus en 2016. Technique : rien ne s’y oppose ; économie : à vérifier. Prochaine étape : réunir les deux directeurs avant fin juin.",
    ),
    (
        "sy_effects",
        "La papeterie économiserait 5 à 8 % de gaz, la laiterie éviterait de refroidir ses rejets. Si la laiterie fermait, la chaudière \
         actuelle, conservée, reprendrait tout en une heure.",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::framework::standing::places;
    use crate::framework::{COLLECTIONS, Item, Kind};

    fn items() -> Vec<&'static Item> {
        places().map(|place| place.item).chain(COLLECTIONS.iter().flat_map(|rows| rows.items)).collect()
    }

    #[test]
    fn each_example_belongs_to_one_item() {
        let keys: BTreeSet<&str> = items().iter().map(|item| item.key).collect();
        let held: BTreeSet<&str> = EXAMPLES.iter().map(|(key, _)| *key).collect();
        assert_eq!(held.len(), EXAMPLES.len());
        assert!(held.is_subset(&keys), "{:?}", held.difference(&keys));
    }

    #[test]
    fn every_question_that_is_answered_in_words_has_its_example() {
        for item in places().map(|place| place.item) {
            let is_written = item.fields.iter().any(|field| matches!(field.kind, Kind::Text));
            assert!(!is_written || !of(item.key).is_empty(), "{} has no example", item.key);
        }
    }

    #[test]
    fn an_example_is_two_to_five_sentences_in_french_typography() {
        for (key, text) in EXAMPLES {
            assert!(!text.contains(['\'', '"', '\u{2014}']) && !text.contains(" :") && !text.contains(" ;"), "{key}");
            let sentences = text.split_inclusive(['.', '\u{a0}']).filter(|part| part.ends_with('.')).count();
            assert!((1..=6).contains(&sentences), "{key}: {sentences} sentences");
            assert!(text.chars().count() < 600, "{key}: {} characters", text.chars().count());
        }
    }
}
