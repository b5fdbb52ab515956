//! Lines of the regulation that the public page quotes, in our words, each with its number (requirements.md).

/// A line of the regulation: its number and what it says.
pub type Quote = (&'static str, &'static str);

/// What the call aims at (R4, R5, R10 to R16).
pub const AIMS: &[Quote] = &[
    ("R4", "Phase 1\u{a0}: consolider et structurer la démarche."),
    ("R5", "Phase 2, réservée aux lauréats de la première\u{a0}: la réaliser."),
    ("R10", "Concrétiser sur un territoire des processus innovants, par la technique et par l’organisation."),
    ("R11", "Valoriser et échanger des flux industriels\u{a0}: eaux, déchets et coproduits, énergie."),
    ("R12", "Adapter des procédés après l’échange ou la mutualisation de flux ou de services (eaux pluviales, transport…)."),
    ("R13", "Partager des équipements ou des infrastructures (production de chaleur…)."),
    ("R14", "Créer les activités intermédiaires qui manquent entre celui qui émet un flux et celui qui le consomme."),
    ("R15", "Démontrer les bénéfices économiques, sociaux et environnementaux."),
    ("R16", "Garder les retours d’expérience, pour d’autres territoires."),
];

/// What makes a project eligible (R17, R18).
pub const ELIGIBILITY: &[Quote] = &[
    ("R17", "La démarche vise la diminution globale des impacts environnementaux des activités du territoire."),
    ("R18", "Le projet est collectif et collaboratif, et implique l’ensemble des parties prenantes."),
];

/// What the regulation draws attention to (R19 to R25).
pub const ATTENTION: &[Quote] = &[
    ("R19", "Ce qui fait adhérer à une démarche collective."),
    ("R20", "Les modes d’animation et de médiation."),
    ("R21", "Les supports juridiques qui font durer les partenariats…"),
    ("R22", "… en limitant le risque d’interdépendance…"),
    ("R23", "… et en réglant les questions de confidentialité."),
    ("R24", "Les emplois locaux et durables que le projet crée…"),
    ("R25", "… de préférence en lien avec l’évolution des compétences."),
];

/// The six pieces of the deposit and where each is written (R107 to R113).
pub const PIECES: &[(&str, &str, &str)] = &[
    ("R108", "Courrier de dépôt de candidature", "écrit ou joint dans le livrable 5"),
    ("R109", "Objectifs et motivation du porteur", "écrits dans le livrable 5"),
    ("R110", "Descriptif organisationnel", "composé du livrable 1"),
    ("R111", "État des lieux", "composé du livrable 2"),
    ("R112", "Actions collectives", "composées du livrable 3"),
    ("R113", "Document d’engagement des partenaires", "composé du livrable 4, avec la carte des parties prenantes"),
];
