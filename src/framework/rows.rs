//! Rows that have pages of their own: actors, flows, synergies, actions, commitments.

use super::fields::{
    ACCEPTANCES, ACTION_LINE, COMMITMENT_KINDS, DIRECTIONS, DOMAINS, EVIDENCES, FEASIBILITIES, HEADCOUNTS, INFLUENCES, INTERESTS, ORGANISATION_KINDS, ORIGINS,
    POOLING_OBJECTS, PROGRESS, ROW, SYNERGY_KINDS, SYNERGY_STATUSES, THEMES, UNITS, VAT, VISIBILITIES, WATER_QUALITIES, answer, field, flag, line, one_of,
    text,
};
use super::{Item, Kind, Rows, Slot};

/// Actors and stakeholders, typed once for the whole dossier (R30, R47, R50, R72).
pub static STAKEHOLDER: Rows = Rows {
    kind: "stakeholder",
    path: Some("acteurs"),
    title: "Acteurs",
    one: "un acteur",
    many: "acteurs",
    items: &STAKEHOLDER_ITEMS,
    name_field: "name",
    most: 2_000,
    parent: None,
};

/// What enters or leaves a site, services included (R11, R47 to R49, R52).
pub static FLOW: Rows =
    Rows { kind: "flow", path: Some("flux"), title: "Flux", one: "un flux", many: "flux", items: &FLOW_ITEMS, name_field: "label", most: 5_000, parent: None };

/// Synergies that a person has kept or written (R48, R49, R51).
pub static SYNERGY: Rows = Rows {
    kind: "synergy",
    path: Some("synergies"),
    title: "Synergies",
    one: "une synergie",
    many: "synergies",
    items: &SYNERGY_ITEMS,
    name_field: "title",
    most: 500,
    parent: None,
};

/// Showcase actions, one or two (R59).
pub static ACTION: Rows = Rows {
    kind: "action",
    path: Some("actions"),
    title: "Actions collectives",
    one: "une action",
    many: "actions",
    items: &ACTION_ITEMS,
    name_field: "title",
    most: 2,
    parent: None,
};

/// Commitments of partners, in one of four forms (R74).
pub static COMMITMENT: Rows = Rows {
    kind: "commitment",
    path: Some("engagements"),
    title: "Engagements",
    one: "un engagement",
    many: "engagements",
    items: &COMMITMENT_ITEMS,
    name_field: "signatory",
    most: 500,
    parent: None,
};

/// What the page of a workshop lists.
pub static WORKSHOP_ITEMS: [Item; 2] = [Item { key: "ws_flows", list: Some(&FLOW), ..ROW }, Item { key: "ws_actors", list: Some(&STAKEHOLDER), ..ROW }];

static STAKEHOLDER_ITEMS: [Item; 3] = [
    Item {
        key: "st_identity",
        title: "Identité",
        requirements: &["R23", "R30", "R35"],
        expected: "Un acteur est une organisation : entreprise, collectivité, association. \
            Sa fiche se remplit une fois et sert à tous les livrables. Le nom et la commune suffisent pour commencer.",
        criteria: &["2.3"],
        fields: &[
            line("name", "Nom", 160),
            one_of("kind", "Type de structure", &ORGANISATION_KINDS),
            field("naf", "Code d’activité (NAF)", Kind::Naf)
                .hinted("Quatre chiffres et une lettre, par exemple 10.51C ; un code de 2025 s’écrit « 10.51C NAF 2025 ».")
                .optional(),
            line("ref", "Référence", 60).hinted("Celle de votre fichier, si l’acteur en vient : elle permet de le mettre à jour.").optional(),
            field("siret", "SIRET", Kind::Siret).hinted("Les 14 chiffres de l’établissement.").optional(),
            one_of("headcount", "Effectif de l’établissement", &HEADCOUNTS).optional(),
            field("employees", "Nombre de salariés", Kind::Whole(1_000_000)).hinted("S’il est connu exactement ; la tranche suffit sinon.").optional(),
            field("commune", "Commune", Kind::Commune).hinted("Son nom ou son code INSEE, par exemple Cognac ou 16102."),
            field("lat", "Latitude", Kind::Signed(9, (-90, 90), "45,6981"))
                .hinted("En degrés. Sans elle, l’acteur est placé à la mairie de sa commune.")
                .optional(),
            field("lon", "Longitude", Kind::Signed(9, (-180, 180), "-0,3286")).hinted("En degrés, négative à l’ouest de Greenwich.").optional(),
            flag("outside_perimeter", "Hors du périmètre").hinted("L’acteur compte pour le projet, mais se trouve ailleurs (question 7)."),
            flag("confidential", "Confidentiel").hinted("Ne paraît ni dans les fiches publiques, ni dans les exports destinés à d’autres."),
        ],
        ..ROW
    },
    Item {
        key: "st_economic",
        title: "Activité et flux",
        requirements: &["R47", "R50", "R55"],
        expected: "Ce que l’acteur produit et consomme, avec vos mots. Chaque flux se décrit ensuite à la page Flux.",
        not_expected: "Des quantités : elles ne sont jamais obligatoires.",
        criteria: &["2.3"],
        fields: &[
            flag("is_major", "Gros générateur de flux").hinted("Émet ou consomme des flux qui méritent attention ; il paraît alors à l’état des lieux."),
            answer("activity", "Activité").guided(20, 100, 250).hinted("Productions, procédés, projets en cours, besoins exprimés.").optional(),
        ],
        ..ROW
    },
    Item {
        key: "st_role",
        title: "Rôle dans le projet",
        requirements: &["R18", "R42", "R72", "R77"],
        expected: "Rôle, compétence et modalité de travail sont les trois colonnes de la cartographie. \
            Influence et intérêt placent l’acteur sur la carte. Cette appréciation est la vôtre : l’écrire comme si l’acteur devait la lire.",
        criteria: &["4.2", "G3"],
        fields: &[
            line("role", "Rôle", 200).hinted("Ce qu’il fait dans le projet : fournir, financer, relayer, héberger."),
            line("skill", "Compétence", 200).hinted("Ce qu’il sait ou peut faire d’utile au projet."),
            line("working_mode", "Modalité de travail", 200)
                .hinted("Comment on travaille avec lui : comité, groupe de travail, visites, convention, information."),
            one_of("influence", "Influence sur le projet", &INFLUENCES),
            one_of("interest", "Intérêt pour le projet", &INTERESTS),
            flag("is_key_actor", "Acteur clé").hinted("Fait partie du cercle des plus motivés (livrable 4)."),
            one_of("acceptance", "Acceptation de la gouvernance", &ACCEPTANCES).hinted("Sert à la question 14."),
        ],
        ..ROW
    },
];

static FLOW_ITEMS: [Item; 4] = [
    Item {
        key: "fl_identity",
        title: "Le flux",
        requirements: &["R11", "R47", "R48", "R49"],
        expected: "Ce qui entre dans un site ou en sort. Pour un service, un besoin est entrant, une offre est sortante. Un flux par fiche.",
        criteria: &["2.1"],
        fields: &[
            field("actor", "Acteur", Kind::Row("stakeholder")),
            one_of("direction", "Sens", &DIRECTIONS),
            one_of("domain", "Domaine", &DOMAINS),
            line("label", "Désignation", 160).hinted("Avec vos mots : cartons propres, chaleur de four, gardiennage de nuit."),
            field("waste_code", "Code déchet", Kind::WasteCode)
                .hinted("Six chiffres de la liste européenne, par exemple 15 01 01, avec son astérisque s’il est dangereux.")
                .optional(),
            line("ref", "Référence", 60).hinted("Celle de votre fichier, si le flux en vient : elle permet de le mettre à jour.").optional(),
        ],
        ..ROW
    },
    Item {
        key: "fl_nature",
        title: "Nature",
        requirements: &["R11", "R48", "R49"],
        expected: "Le type rapproche les flux qui peuvent se remplacer ou se regrouper. Laissé vide, il est proposé d’après la désignation, \
            le code déchet et l’activité de l’acteur.",
        criteria: &["2.1"],
        fields: &[
            field("type", "Type de flux", Kind::FlowType).hinted("Son nom dans la nomenclature ; laisser vide pour suivre la proposition.").optional(),
            field("temperature", "Température", Kind::Signed(2, (-273, 3_000), "60")).hinted("En degrés Celsius, pour la chaleur et le froid.").optional(),
            one_of("quality", "Qualité de l’eau", &WATER_QUALITIES).optional(),
        ],
        ..ROW
    },
    Item {
        key: "fl_quantity",
        title: "Ordre de grandeur et saison",
        requirements: &["R51", "R52"],
        expected: "Un ordre de grandeur annuel, s’il est connu, et d’où il vient. Les mois disent si deux flux peuvent se rencontrer.",
        not_expected: "Une quantité mesurée. Laisser vide ce que l’on ignore : l’inconnu ne pénalise pas.",
        criteria: &["2.1"],
        fields: &[
            field("quantity", "Quantité par an", Kind::Decimal(3, 1_000_000_000, "1 250,5")).optional(),
            one_of("unit", "Unité", &UNITS).optional(),
            one_of("evidence", "Origine de l’information", &EVIDENCES).optional(),
            field("months", "Mois où le flux existe", Kind::Months).hinted("Aucun mois coché : saison inconnue.").optional(),
        ],
        ..ROW
    },
    Item {
        key: "fl_use",
        title: "Devenir et partage",
        requirements: &["R23", "R49"],
        expected: "Ce que le flux devient aujourd’hui, ou d’où il vient : c’est là que se cache le gain. Puis ce que l’acteur accepte d’en montrer.",
        criteria: &["2.1"],
        fields: &[
            line("outlet", "Devenir actuel", 200).hinted("Filière, prestataire, rejet, fournisseur ; et ce que cela coûte, si on le sait.").optional(),
            one_of("visibility", "L’acteur accepte de le montrer", &VISIBILITIES)
                .hinted("Pour les fiches et les exports. Les évaluateurs lisent tout le dossier déposé."),
        ],
        ..ROW
    },
];

static SYNERGY_ITEMS: [Item; 5] = [
    Item {
        key: "sy_identity",
        title: "La synergie",
        requirements: &["R10", "R48", "R49", "R56"],
        expected: "Substitution : ce qui sort chez l’un remplace ce qui entre chez l’autre. \
            Mutualisation : plusieurs acteurs partagent un besoin, un flux à traiter ou un équipement.",
        criteria: &["2.4"],
        fields: &[
            one_of("kind", "Type de synergie", &SYNERGY_KINDS),
            line("title", "Intitulé", 160).hinted("Le flux et son usage : copeaux de chêne en litière, ramassage commun des cartons."),
            one_of("status", "État", &SYNERGY_STATUSES),
        ],
        ..ROW
    },
    Item {
        key: "sy_actors",
        title: "Acteurs réunis",
        requirements: &["R13", "R14", "R48", "R49"],
        expected: "Pour une substitution, l’émetteur et le consommateur ; pour une mutualisation, tous les acteurs et l’objet mis en commun. \
            S’il manque un maillon entre les deux, le nommer.",
        criteria: &["2.3", "2.4"],
        fields: &[
            field("emitter", "Activité émettrice", Kind::Row("stakeholder")).hinted("Substitution : d’où vient le flux.").optional(),
            field("receiver", "Activité consommatrice", Kind::Row("stakeholder")).hinted("Substitution : où il serait utilisé.").optional(),
            line("intermediary", "Activité intermédiaire", 160).hinted("Celle qui relie les deux, qu’elle existe ou reste à créer.").optional(),
            field("actors", "Acteurs de la mutualisation", Kind::RowsOf("stakeholder")).optional(),
            one_of("object", "Objet mis en commun", &POOLING_OBJECTS).optional(),
        ],
        ..ROW
    },
    Item {
        key: "sy_description",
        title: "Description, sources et méthode",
        requirements: &["R12", "R51", "R52"],
        expected: "Le principe en quelques phrases, les procédés à adapter, les freins et la prochaine étape. \
            Puis ce sur quoi repose l’estimation : statistique, connaissance du porteur, dires de l’entreprise.",
        not_expected: "Une étude technique : elle relève de la phase 2.",
        criteria: &["2.1", "2.2", "2.4"],
        fields: &[
            answer("description", "Description").guided(60, 200, 400),
            answer("sources", "Sources et méthode").guided(20, 100, 250).hinted("Qui l’a dit ou publié, en quelle année, et le calcul s’il y en a un."),
        ],
        ..ROW
    },
    Item {
        key: "sy_study",
        title: "Intérêt, freins et faisabilité",
        requirements: &["R12", "R19", "R54", "R56"],
        expected: "Ce qui pousse chacun à essayer, ce qui retient, ce qui débloquerait. Puis un avis par angle, même provisoire, \
            et la prochaine étape avec sa date.",
        not_expected: "Une étude de faisabilité : un avis franc suffit, « à vérifier » compris.",
        criteria: &["2.2", "2.4"],
        fields: &[
            answer("interest", "Intérêt pour chaque acteur").guided(20, 100, 250).optional(),
            answer("obstacles", "Freins").guided(10, 80, 200).optional(),
            answer("levers", "Leviers").guided(10, 80, 200).optional(),
            one_of("technical", "Faisabilité technique", &FEASIBILITIES).optional(),
            one_of("economic", "Faisabilité économique", &FEASIBILITIES).optional(),
            one_of("regulatory", "Faisabilité réglementaire", &FEASIBILITIES).optional(),
            one_of("organisational", "Faisabilité organisationnelle", &FEASIBILITIES).optional(),
            line("next_step", "Prochaine étape", 200).hinted("Qui fait quoi, avant quand.").optional(),
        ],
        ..ROW
    },
    Item {
        key: "sy_effects",
        title: "Bénéfices et risques",
        requirements: &["R15", "R22", "R23", "R24", "R25"],
        expected: "Ce que chacun y gagnerait, et ce qui arriverait si l’un des partenaires s’arrêtait.",
        criteria: &["2.4"],
        fields: &[
            answer("benefit", "Bénéfices économiques, sociaux, environnementaux").guided(30, 150, 300).optional(),
            line("jobs", "Emplois et compétences", 200).hinted("Postes créés ou maintenus, métiers concernés.").optional(),
            answer("risk", "Risque d’interdépendance")
                .guided(20, 100, 250)
                .hinted("Dépendance à un seul fournisseur ou à un seul débouché, et la parade prévue.")
                .optional(),
            flag("confidential", "Confidentiel").hinted("Ne paraît ni dans les fiches publiques, ni dans les exports destinés à d’autres."),
        ],
        ..ROW
    },
];

static ACTION_ITEMS: [Item; 6] = [
    Item {
        key: "ac_identity",
        title: "L’action",
        requirements: &["R59", "R61", "R63"],
        expected: "Un titre qui dit ce que l’on fait, pas ce que l’on espère. \
            Une action issue d’un programme antérieur est admise ; une action nouvelle retient davantage l’attention.",
        criteria: &["3.1"],
        fields: &[
            line("title", "Intitulé", 160),
            one_of("theme", "Thème", &THEMES),
            one_of("origin", "Origine", &ORIGINS),
            line("programme", "Programme d’origine", 160).hinted("Pour une action préexistante : le nom du programme et son pilote.").optional(),
        ],
        ..ROW
    },
    Item {
        key: "ac_description",
        title: "Description et dynamique",
        requirements: &["R58", "R60", "R68", "R69"],
        expected: "Ce qui est fait concrètement : où, quand, par qui, avec quelle ampleur. \
            Puis ce que l’action déclenche : acteurs nouveaux, habitudes prises, idées qui suivent.",
        criteria: &["3.1", "3.2"],
        fields: &[answer("description", "Description").guided(150, 300, 600), answer("dynamic", "Dynamique suscitée").guided(50, 150, 300).optional()],
        ..ROW
    },
    Item {
        key: "ac_need",
        title: "Besoin et acteurs",
        requirements: &["R64", "R71"],
        expected: "Qui a exprimé ce besoin, à quelle occasion, en quels termes. Cocher les acteurs qui prennent part à l’action, et dire le rôle de chacun.",
        criteria: &["3.1", "3.4"],
        fields: &[answer("need", "Besoin avéré").guided(50, 150, 300), field("actors", "Acteurs concernés", Kind::RowsOf("stakeholder"))],
        ..ROW
    },
    Item {
        key: "ac_progress",
        title: "Avancement",
        requirements: &["R62", "R70"],
        expected: "L’étape atteinte, ce qui la montre, et la date de la suivante. Une action inachevée au dépôt reste prise en considération.",
        criteria: &["3.3"],
        fields: &[
            one_of("progress", "État d’avancement", &PROGRESS),
            answer("evidence", "Preuves et traces")
                .guided(30, 120, 300)
                .hinted("Compte rendu, commande, délibération, article, fréquentation, et le calendrier de la suite."),
        ],
        slot: Some(Slot { key: "preuves", label: "Preuves de l’avancement", hint: "Facultatif : compte rendu, bon de commande, photographie." }),
        ..ROW
    },
    Item {
        key: "ac_lesson",
        title: "Retour d’expérience",
        requirements: &["R16"],
        expected: "Ce qu’un autre territoire devrait savoir avant de faire de même : ce qui a compté, ce qu’il faudrait refaire autrement.",
        criteria: &["3.1"],
        fields: &[text("lesson").guided(50, 150, 300).hinted("Facultatif.").optional()],
        ..ROW
    },
    Item {
        key: "ac_financing",
        title: "Plan de financement",
        requirements: &["R65", "R66", "R67"],
        expected: "Toutes les dépenses, toutes les ressources, au même total. \
            Les dispositifs du FREE peuvent accompagner l’action : choisir « FREE » comme origine.",
        not_expected: "Une aide de l’appel lui-même : il ne finance pas les actions, et l’inscrire en ressource empêche le dépôt.",
        criteria: &["3.1"],
        fields: &[one_of("vat", "Montants", &VAT)],
        tables: &[&ACTION_LINE],
        ..ROW
    },
];

static COMMITMENT_ITEMS: [Item; 2] = [
    Item {
        key: "co_identity",
        title: "L’engagement",
        requirements: &["R74", "R75", "R79"],
        expected: "Qui s’engage, sous quelle forme, par la signature de qui. Le document signé, joint ici, donne sa légitimité au partenariat.",
        criteria: &["4.1", "4.2"],
        fields: &[
            field("stakeholder", "Partie prenante", Kind::Row("stakeholder")),
            one_of("kind", "Forme de l’engagement", &COMMITMENT_KINDS),
            line("signatory", "Signataire", 120).hinted("Prénom et nom de la personne qui signe."),
            line("function", "Fonction", 120).hinted("Celle qui lui permet d’engager sa structure."),
            field("signed_on", "Date de signature", Kind::Day).hinted("Laisser vide tant que rien n’est signé."),
        ],
        slot: Some(Slot { key: "engagement", label: "Document signé", hint: "Lettre, accord ou charte, avec la signature." }),
        ..ROW
    },
    Item {
        key: "co_weight",
        title: "Contenu et poids",
        requirements: &["R78", "R79"],
        expected: "Ce que le partenaire promet, en quelle quantité et pour quand : du temps, des données, de l’argent, un flux, un essai. \
            Son poids aide à juger si les signataires représentent le territoire.",
        criteria: &["4.1", "4.2"],
        fields: &[
            answer("strength", "Contenu de l’engagement").guided(30, 120, 300),
            line("economic_weight", "Poids économique", 160).hinted("Emplois, chiffre d’affaires, tonnages : un repère suffit.").optional(),
            line("political_weight", "Poids politique", 160).hinted("Mandat, nombre de communes ou d’adhérents représentés.").optional(),
        ],
        ..ROW
    },
];
