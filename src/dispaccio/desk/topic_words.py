"""Words of ours that point to a Media Topic, by language: what ``dispaccio.desk.topics`` goes by.

A record is a code, a language and words; its further lines are indented. ``*`` stands for any
ending and ``_`` for a blank. ``!`` marks a word that hardly means anything else (weight 3), ``?``
one that only helps others (weight 1); all others have weight 2. Precision goes first: a word that
several subjects share is better left out.
"""

from __future__ import annotations

WORDS = """
20000002 en !concert* !orchestra* !theatre* !opera_house !film_festival !exhibition_of_paintings
    album* painter* sculpt* musician* actor* actress* premiere* gallery novel* poet* ?festival*
    ?artist* ?exhibition ?music
20000002 it !concert* !orchestra* !teatr* !mostra_d'arte !lirica pittor* pittur* scultur* musicist*
    attor* attric* regist* romanz* poesi* poet* ?festival* ?artist* ?mostra ?musica ?spettacol*
20000002 de !konzert* !orchester* !theater* !opernhaus gemälde* maler* bildhauer* schauspiel* roman*
    dicht* ?festival* ?künstler* ?ausstellung* ?musik
20000002 fr !concert* !orchestre* !théâtre* peintre* peinture* sculpt* acteur* actrice* roman*
    poésie ?festival* ?artiste* ?exposition* ?musique
20000002 es !concierto* !orquesta* !teatro* pintor* pintura* escultur* actor* actriz* novela* poesía
    ?festival* ?artista* ?exposición ?música
20000038 en !museum* !cultural_heritage !unesco !archaeolog* !world_heritage librar* monument*
    heritage ?culture ?cultural ?history ?archive*
20000038 it !muse* !patrimonio_culturale !unesco !archeolog* !bibliotec* !beni_culturali monument*
    ?cultura ?culturale ?archivi*
20000038 de !museum* !museen !kulturerbe !archäolog* !bibliothek* !büchere* denkmal* ?kultur*
    ?archiv*
20000038 fr !musée* !patrimoine !archéolog* !bibliothèque* !médiathèque* monument* ?culture*
    ?archives
20000038 es !museo* !patrimonio_cultural !arqueol* !biblioteca* monumento* ?cultura* ?archivo*
20000045 en !broadcaster* !newspaper* !journalis* !newsroom* !streaming_service magazine* podcast*
    television publisher* editor* radio ?media ?readers
20000045 it !emittent* !giornalis* !quotidian* !redazion* !palinsesto podcast* televisi* radio
    editor* rivist* testat* ?media ?lettori
20000045 de !rundfunk* !zeitung* !journalis* !redaktion* zeitschrift* podcast* fernseh* verlag*
    radio* ?medien
20000082 en !burglar* !fraud* !smuggl* !mafia !money_laundering !homicide murder* robber* theft*
    thief thieves arrested stolen suspect* ?crime* ?police
20000082 it !furt* !truff* !rapin* !mafi* !riciclaggio !omicid* arrestat* arresto spaccio droga
    sequestrat* indagat* ?carabinieri ?polizia ?reat*
20000082 de !betrug* !einbruch* !diebstahl* !raubüberf* !geldwäsche !mord* festgenommen verdächtig*
    ?polizei ?straftat*
20000106 en !court_of_appeal !supreme_court !plaintiff* !lawsuit* !verdict* judge* sentenced
    tribunal* ruling prosecutor* trial ?court
20000106 it !corte_d'appello !cassazione !sentenz* !tribunal* !procura giudic* condannat* magistrat*
    imputat* ricorso ?processo
20000106 de !gericht* !urteil* !kläger* !staatsanwalt* richter* verurteilt klage ?prozess
20000129 en !police_officer* !police_force !patrol* sheriff* investigators police ?officers
20000139 en !collision* !derail* !explosion* !road_accident* !plane_crash accident* crash* injured
    blaze firefighters evacuat* ?emergency ?victims ?rescue*
20000139 it !incident* !deragliament* !esplosion* !scontro !incendio ferit* evacuat*
    vigili_del_fuoco schianto ?emergenza ?soccors*
20000139 de !unfall* !zusammensto* !explosion* !brand* entgleis* verletzt* feuerwehr evakuier*
    ?rettung*
20000139 fr !accident* !collision* !explosion* !incendie* blessé* pompiers évacu* ?urgence* ?secours
20000148 en !earthquake* !flood* !wildfire* !landslide* !tsunami* !hurricane* !eruption* disaster*
    displaced ?relief ?victims
20000148 it !terremot* !alluvion* !frana !frane !maremot* !eruzion* !esondazion* calamità sfollati
    sisma ?disastr* ?protezione_civile
20000148 de !erdbeben* !hochwasser* !erdrutsch* !waldbr* !vulkanausbr* überschwemm* katastroph*
20000148 fr !séisme* !inondation* !tsunami* !glissement_de_terrain !éruption* catastrophe* sinistré*
20000148 es !terremoto* !inundaci* !tsunami* !erupción deslizamiento* damnificad* desastre*
20000349 en !merger* !acquisition* !acquires !startup* !joint_venture !chief_executive subsidiar*
    ceo founder* plant factory shareholder* headquarter* ?company ?companies ?investment* ?firm
20000349 it !fusion* !acquisizion* !startup !amministratore_delegato !joint_venture stabiliment*
    controllat* fondator* azionist* fabbrica ?aziend* ?impres* ?società ?investiment*
20000349 de !fusion* !übernahme* !startup* !geschäftsführ* !vorstandsvorsitz* werk
    tochtergesellschaft* aktionär* fabrik ?unternehmen* ?investition*
20000349 fr !fusion* !acquisition* !startup* !start-up !pdg !directeur_général usine* filiale*
    actionnaire* ?entreprise* ?investissement*
20000349 es !fusión !adquisición !startup* !consejero_delegado fábrica* filial* accionista*
    ?empresa* ?inversión*
20000170 en !quarterly_results !annual_results !net_profit !revenue* !ebitda !dividend*
    !earnings_per_share half-year turnover operating_profit guidance fiscal_year ?profit ?quarter
20000170 it !utile_netto !ricavi !ebitda !dividend* !fatturato trimestr* semestr* bilancio
    risultati_finanziari indebitamento ?margine
20000170 de !umsatz* !gewinn_je !ebitda !dividende* !quartalszahlen quartal* geschäftsjahr*
    jahresabschluss halbjahr* ?gewinn*
20000170 fr !chiffre_d'affaires !ebitda !dividende* !résultat_net trimestre* semestre* exercice
    ?bénéfice*
20000170 es !facturación !ebitda !dividendo* !beneficio_neto trimestre* semestre* ejercicio
    ?ingresos
20000344 en !inflation !gdp !gross_domestic_product !economic_growth !recession !central_bank
    interest_rate* consumer_prices exports imports ?economy ?economic
20000344 it !inflazion* !pil !prodotto_interno_lordo !recession* !banca_centrale tassi_d'interesse
    prezzi_al_consumo esportazion* importazion* crescita_economica ?economi*
20000344 de !inflation* !bip !bruttoinlandsprodukt !rezession* !zentralbank leitzins*
    verbraucherpreis* ausfuhren ?wirtschaft* ?konjunktur*
20000385 en !stock_exchange !bond_issue !ipo !initial_public_offering !listing shares securities
    index traders futures ?investors ?market*
20000385 it !borsa_italiana !piazza_affari !obbligazion* !ipo !quotazion* azioni titoli listino
    spread ?investitor* ?mercat* ?borsa
20000385 de !börse* !anleihe* !börsengang !ipo aktie* wertpapier* kurs* ?anleger*
20000209 en !customers_can_order !launches_new !new_model !product_recall !recalls retail* consumers
    supermarket* e-commerce smartphone* device* appliance* ?shops ?stores ?product* ?launch*
20000209 it !nuovo_modello !richiamo_di !richiama negozi* consumator* supermercat* e-commerce
    smartphone dispositiv* elettrodomestic* scaffal* ?prodott* ?lanci*
20000209 de !rückruf* !neues_modell einzelhandel verbraucher* supermarkt* e-commerce smartphone*
    gerät* ?produkt*
20000400 en !primary_school* !secondary_school* !headteacher* !kindergarten* !nursery_school* pupils
    classroom* school_year school* ?teachers
20000400 it !scuola_primaria !scuole !alunn* !dirigente_scolastico !liceo !asilo anno_scolastico
    classi scuola ?insegnanti ?docenti
20000400 de !grundschul* !gymnasium !schüler* !schulleit* !kindergarten* unterricht schuljahr*
    schule* ?lehrkräft* ?lehrer*
20000400 fr !école* !collège* !lycée* !élèves rentrée classe* ?enseignant*
20000400 es !colegio* !alumno* !escuela* !instituto_de_secundaria curso_escolar aulas ?docente*
20000415 en !undergraduate* !scholarship* !tuition students degree* campus graduat* enrol*
    ?university
20000415 it !student* !borse_di_studio !borsa_di_studio !immatricolazion* !laureand* ateneo laurea
    campus iscrizioni ?università
20000415 de !studierend* !stipendi* !studiengebühr* studium campus semester* absolvent*
    ?universität* ?hochschul*
20000415 fr !étudiant* !bourse_d'études licence campus diplôm* ?université*
20000418 en !climate_change !greenhouse_gas* !carbon_dioxide !net_zero !global_warming
    !co2_emissions emissions decarbon* climate ?warming
20000418 it !cambiamento_climatico !cambiamenti_climatici !gas_serra !anidride_carbonica
    !riscaldamento_globale emissioni decarbonizz* clima climatic* co2
20000418 de !klimawandel* !treibhausgas* !klimaschutz* !erderwärmung emissionen klima* co2
    ?erwärmung
20000418 fr !changement_climatique !gaz_à_effet_de_serre !réchauffement_climatique émissions
    décarbon* climat* co2
20000418 es !cambio_climático !gases_de_efecto_invernadero !calentamiento_global emisiones
    descarboniz* clima* co2
20000420 en !nature_reserve* !protected_area* !endangered_species !rewilding conservation* habitat*
    biodiversity ?species ?protect*
20000420 it !area_protetta !aree_protette !riserva_naturale !specie_protett* habitat biodiversità
    ripopolament* ?parco ?tutela
20000420 de !naturschutz* !artenschutz* !schutzgebiet* lebensraum artenvielfalt bedroht* ?arten
20000424 en !air_pollution !oil_spill !microplastic* !wastewater !contaminat* pollut* fine_particles
    toxic ?waste
20000424 it !inquinament* !microplastic* !acque_reflue !polveri_sottili !contaminazion* inquinant*
    smog amianto ?rifiuti
20000424 de !luftverschmutz* !mikroplastik !abwasser* !feinstaub* verschmutz* schadstoff* ?abfall*
20000430 en !drinking_water !groundwater !water_supply !reservoir* aquifer* mining timber irrigation
    ?water ?energy
20000430 it !acqua_potabile !falda !risorse_idriche !acquedott* irrigazion* bacin* ?idric* ?acqua
20000430 de !trinkwasser* !grundwasser* !wasserversorgung stausee* bewässerung rohstoff*
20000441 en !wildlife !bird_species !coral_reef* !rainforest* forests wolves bees butterfl* whale*
    ?nature ?animals ?species
20000441 it !fauna !flora !barriera_corallina !foresta lupi api farfall* uccelli orsi ?natura
    ?animali ?specie
20001374 en !circular_economy !sustainability_report !renewable_energy !recycl* solar_panels
    wind_farm* sustainab* reusable ?green
20001374 it !economia_circolare !bilancio_di_sostenibilità !energie_rinnovabili !ricicl*
    pannelli_solari fotovoltaic* eolic* sostenib* riuso
20001374 de !kreislaufwirtschaft !nachhaltigkeitsbericht !erneuerbare* !recycling* solaranlage*
    windpark* nachhaltig*
20001374 fr !économie_circulaire !énergies_renouvelables !recycl* panneaux_solaires éolien*
    durabilité durable*
20001374 es !economía_circular !energías_renovables !recicl* paneles_solares eólic* sostenib*
20000446 en !cancer* !diabetes !tumour* !alzheimer* !influenza !measles !infection* disease*
    symptom* virus* syndrome* outbreak* ?patients ?health
20000446 it !tumor* !diabete !cancro !alzheimer !influenza !morbillo !infezion* malatti* sintom*
    virus sindrom* contagi* ?pazienti ?salute
20000446 de !krebs* !diabetes !tumor* !alzheimer* !grippe* !masern infektion* krankheit* symptom*
    virus ?patient*
20000446 fr !cancer* !diabète !tumeur* !alzheimer !grippe !rougeole infection* maladie* symptôme*
    virus ?patients
20000446 es !cáncer !diabetes !tumor* !alzhéimer !gripe !sarampión infecci* enfermedad* síntoma*
    virus ?pacientes
20000461 en !hospital* !intensive_care !maternity_ward !emergency_department ward* clinic clinics
    beds ?patients
20000461 it !ospedal* !terapia_intensiva !pronto_soccorso !casa_di_comunità !poliambulatori* repart*
    clinic* posti_letto asl ?pazienti
20000461 de !krankenhaus* !krankenhäuser !klinik* !intensivstation* !notaufnahme* betten station
    ?patient*
20000461 fr !hôpital !hôpitaux !clinique* !urgences !maternité lits ?patients
20000461 es !hospital* !cuidados_intensivos !urgencias clínica* camas ?pacientes
20000464 en !clinical_trial* !surgery !surgeon* !vaccin* !transplant* !therap* drug dose* treatment*
    medicin* ?patients
20000464 it !sperimentazione_clinica !chirurg* !vaccin* !trapiant* !terapi* farmac* dosi trattament*
    medicinal* ?pazienti
20000464 de !klinische_studie !chirurg* !impf* !transplant* !therapi* medikament* dosis behandlung*
    arznei* ?patient*
20000464 fr !essai_clinique !chirurg* !vaccin* !greffe* !thérapi* médicament* dose* traitement*
    ?patients
20000464 es !ensayo_clínico !cirug* !vacun* !trasplante* !terapia* medicamento* dosis tratamiento*
    ?pacientes
20001358 en !public_health !vaccination_campaign !screening_programme !prevention_campaign epidemic*
    pandemic* screening ?health
20001358 it !salute_pubblica !campagna_vaccinale !screening !prevenzione epidemi* pandemi* ?salute
20000498 en !prize !award* !winners laureate* jury shortlist* honoured ?prizes ?winner
20000498 it !premio !premiat* !premiazione vincitor* vincitric* giuria riconosciment* finalist*
20000498 de !preisverleihung* !auszeichnung* !preisträger* jury geehrt gewinner* nominiert* ?preis
20000498 fr !prix !lauréat* !palmarès jury récompens* finaliste*
20000498 es !premio* !galardon* !galardón jurado finalista* ganador*
20001237 en !anniversary !centenary !jubilee founded celebrat* ?years
20001237 it !anniversario !centenario !cinquantenario fondat* celebra* ricorrenza ?anni
20000509 en !vacanc* !hires !hiring !apprentice* !job_fair jobs recruit* workforce employees ?staff
20000509 it !assunzion* !assume !posti_di_lavoro !apprendist* organico dipendenti concorso
    candidatur* ?personale
20000509 de !arbeitsplätze !stellenangebot* !auszubildende* !einstellungen beschäftigte* belegschaft
    bewerb* ?personal
20000509 fr !embauche* !recrute* !emplois !apprenti* salarié* effectif* candidature*
20000509 es !contrataci* !puestos_de_trabajo !empleos !aprendices plantilla empleados candidatura*
20000524 en !strike* !collective_bargaining !collective_agreement !walkout* wages negotiat* pay_rise
    dispute ?workers ?union
20000524 it !sciopero !scioperi !contratto_collettivo !trattativ* salari vertenza aumento_salariale
    rinnovo_del_contratto ?lavoratori ?sindacat*
20000524 de !streik* !tarifvertrag* !tarifverhandl* !lohnerhöh* warnstreik* löhne ?beschäftigte*
    ?gewerkschaft*
20000524 fr !grève* !convention_collective !négociations_salariales salaires préavis ?syndicat*
    ?travailleurs
20000533 en !unemploy* !jobless redundanc* layoffs jobseekers
20000533 it !disoccup* !cassa_integrazione licenziament* esuberi
20000536 en !trade_union* !union_members !shop_steward* unions union
20000536 it !sindacat* !cgil !cisl !uil confederazion* delegati iscritti
20000538 en !touris* !hotel* !campsite* !holidaymakers travellers museum_visit cruise* hiking guests
    gastronom* ?visitors ?travel
20000538 it !turis* !alberg* !agriturism* !campegg* viaggiator* crocier* escursion* soggiorn*
    pernottament* ?visitator* ?vacanz*
20000538 de !touris* !hotel* !campingplatz* !urlaub* reisende* kreuzfahrt* wander* übernachtung*
    ?gäste
20000538 fr !touris* !hôtel* !camping* !vacanciers voyageurs croisière* randonnée* nuitées
20000538 es !turis* !hotel* !camping* !veraneantes viajeros crucero* senderismo pernoctaciones
20000565 en !fashion* !recipe* !interior_design !cosmetic* designer* wardrobe restaurant* cuisine
    chef wine* ?style ?collection
20000565 it !moda !ricett* !arredament* !cosmetic* stilist* ristorant* cucina chef vino vini
    ?collezion* ?stile
20001339 en !wellness !spa !yoga !mindfulness relaxation meditation ?fitness
20001339 it !benessere_psicofisico !spa !yoga !terme massagg* meditazione rilassament*
20000574 en !election* !ballot* !polling_station* !referendum candidates voters turnout campaign
    ?vote ?votes
20000574 it !elezion* !seggi !referendum !ballottaggio candidat* elettor* affluenza scrutin* ?voto
20000574 de !wahl !wahlen !stimmzettel* !wahllokal* !volksentscheid kandidat* wähler*
    wahlbeteiligung ?stimmen
20000574 fr !élection* !scrutin* !référendum !bureaux_de_vote candidat* électeur* participation
    ?vote
20000574 es !elecciones !urnas !referéndum !colegios_electorales candidat* votantes participación
    ?voto
20000593 en !city_council !mayor !cabinet_meeting !parliament* minister municipality council
    ministry councillor* prefect ?government
20000593 it !giunta_comunale !consiglio_comunale !sindac* !consiglio_dei_ministri ministro ministra
    assessor* comune prefett* regione ?governo
20000593 de !bürgermeister* !stadtrat* !gemeinderat* !bundeskabinett minister* landtag* bundestag*
    ?regierung* ?stadt
20000593 fr !maire !conseil_municipal !conseil_des_ministres !préfecture ministre* mairie
    conseiller* ?gouvernement
20000593 es !alcalde* !alcaldesa !ayuntamiento !consejo_de_ministros ministro ministra pleno
    concejal* ?gobierno
20000621 en !tax_reform !public_consultation !budget_law !subsid* !bill regulation* decree tax taxes
    housing_policy funding_programme ?policy ?reform*
20000621 it !riforma !decreto !legge_di_bilancio !incentiv* !bando contribut* agevolazion* tribut*
    fondi_europei ?politiche ?misur*
20000621 de !steuerreform* !gesetzentwurf* !förderprogramm* !haushaltsgesetz steuer* zuschüsse
    verordnung* ?reform*
20000638 en !ambassador* !embassy !bilateral !foreign_minister* !treaty summit diplomat* delegation
    agreement_between ?sanctions
20000638 it !ambasciator* !ambasciata !bilateral* !ministro_degli_esteri !trattato vertice diplomat*
    delegazion* ?sanzioni
20000646 en !ngo !charity !nonprofit !volunteers donation* fundrais* humanitarian ?donate
20000646 it !ong !onlus !volontari* !raccolta_fondi donazion* umanitari* terzo_settore beneficenza
20000646 de !ngo !hilfsorganisation* !ehrenamtlich* !gemeinnützig* spende* humanitär*
20000657 en !christian* !muslim* !jewish !buddhis* faith believers theolog*
20000697 en !cathedral* !church !mosque* !synagogue* !temple parish altar ?chapel
20000697 it !cattedral* !chies* !mosche* !sinagog* !basilica parrocchi* altare santuari*
20000690 en !easter !ramadan !christmas_mass !hanukkah pilgrim* procession ?christmas
20000690 it !pasqua !ramadan !santa_messa pellegrin* processione patrono ?natale
20000703 en !pope !bishop* !archbishop* !imam !rabbi cardinal priest*
20000703 it !papa !vescov* !arcivescov* !imam !rabbin* cardinal* sacerdot*
20000710 en !genom* !stem_cells !microbiome !biomedical !immunolog* genes protein* molecular
    biotech* ?cells
20000710 it !genom* !cellule_staminali !microbioma !biomedic* !immunolog* geni proteine molecolar*
    biotech* ?cellule
20000710 de !genom* !stammzell* !mikrobiom !biomedizin* !immunolog* gene protein* molekular*
20000717 en !astronom* !physicist* !telescope* !particle_physics !geolog* plankton asteroid* fossil*
    chemist* quantum ?species ?planet*
20000717 it !astronom* !fisic* !telescopi* !geolog* !asteroid* plancton fossil* chimic* quantistic*
    pianet*
20000717 de !astronom* !physiker* !teleskop* !geolog* !asteroid* plankton fossil* chemie quanten*
20000735 en !peer-reviewed !researchers !published_in_the_journal !study_finds study findings
    scientists doi laboratory ?team ?data
20000735 it !ricercator* !ricercatric* !pubblicato_sulla_rivista !pubblicata_sulla_rivista
    !lo_studio studio scienziat* laboratorio doi ?dati
20000735 de !forschend* !forschungsteam* !fachzeitschrift* !wissenschaftler* studie forscher* labor
    doi ?daten
20000735 fr !chercheur* !revue_scientifique !publiée_dans étude scientifiques laboratoire doi
    ?données
20000735 es !investigador* !revista_científica !publicado_en_la_revista estudio científicos
    laboratorio doi ?datos
20000756 en !artificial_intelligence !software !cybersecurity !robot* !semiconductor* !satellite*
    !machine_learning algorithm* sensor* cloud engineers prototype* app battery ?digital ?technology
    ?data
20000756 it !intelligenza_artificiale !software !cybersicurezza !robot* !semiconduttor* !satellit*
    algoritm* sensor* cloud ingegner* prototip* app batteri* ?digital* ?tecnologi*
20000756 de !künstliche_intelligenz !software* !cybersicherheit !robot* !halbleiter* !satellit*
    algorithm* sensor* cloud ingenieur* prototyp* app batterie* ?digital* ?technologie*
20000756 fr !intelligence_artificielle !logiciel* !cybersécurité !robot* !semi-conducteur*
    !satellite* algorithm* capteur* cloud ingénieur* prototype* appli ?numérique* ?technolog*
20000756 es !inteligencia_artificial !software !ciberseguridad !robot* !semiconductor* !satélite*
    algoritmo* sensor* nube ingenier* prototipo* ?digital* ?tecnolog*
20000587 en !human_rights !freedom_of_expression !civil_rights !freedom_of_the_press amnesty
    detainee* liberties ?rights
20000587 it !diritti_umani !libertà_di_espressione !diritti_civili !libertà_di_stampa detenut*
    ?diritti
20000775 en !discriminat* !racis* !sexis* !antisemit* !homophob* harassment prejudice*
20000775 it !discriminazion* !razzis* !sessis* !antisemit* !omofob* molesti* pregiudiz*
20000770 en !census !birth_rate !life_expectancy !demograph* births population ageing ?inhabitants
20000770 it !censiment* !natalità !aspettativa_di_vita !demografic* nascite popolazione
    invecchiament* ?abitanti
20000770 de !volkszählung* !geburtenrate !lebenserwartung !demograf* geburten bevölkerung*
    ?einwohner*
20000771 en !asylum !refugee* !migrant* !immigra* residence_permit* border
20000771 it !asilo_politico !rifugiat* !migrant* !immigra* permess*_di_soggiorno sbarch* frontier*
20000780 en !adoption !parental_leave !child_benefit families parents grandparents ?children
20000780 it !adozion* !congedo_parentale !assegno_unico famiglie genitori nonni ?bambini
20000802 en !homeless* !poverty !drug_abuse !domestic_violence !addiction food_bank* shelter*
20000802 it !senzatetto !povertà !violenza_di_genere !violenza_domestica !dipendenz* antiviolenza
    mensa
20000817 en !pension_benefit* !welfare !social_services disability elderly carers caregivers
    benefits
20000817 it !assistenza_sociale !servizi_sociali !disabil* anzian* caregiver sussid* inps
20000822 en !football !basketball !cycling !tennis !athletics !swimming !rugby marathon* skiing
    league players match coach goals ?team ?season ?race
20000822 it !calcio !pallacanestro !ciclis* !tennis !atletica !nuoto !rugby maraton* sci campionato
    giocator* partita allenator* gol ?squadra ?gara
20000822 de !fußball* !basketball* !radrenn* !tennis* !leichtathletik !schwimm* handball* marathon*
    bundesliga spieler* trainer* tore ?mannschaft* ?saison
20000822 fr !football !basket-ball !cyclisme !tennis !athlétisme !natation !rugby marathon*
    championnat joueur* match entraîneur* buts ?équipe ?saison
20000822 es !fútbol !baloncesto !ciclismo !tenis !atletismo !natación !rugby maratón liga jugador*
    partido entrenador* goles ?equipo ?temporada
20001108 en !olympic* !paralympic* !world_cup !world_championship* !grand_prix medal* tournament*
    championship* athletes ?race
20001108 it !olimpi* !paralimpi* !mondial* !coppa_del_mondo !gran_premio medagli* torneo campionat*
    atleti ?gara
20001108 de !olympi* !paralympi* !weltmeisterschaft* !weltcup !grand_prix medaille* turnier* athlet*
20000056 en !ceasefire !airstrike* !artillery !armed_forces !frontline troops soldiers missile*
    shelling ?war
20000056 it !cessate_il_fuoco !bombardament* !artiglieria !forze_armate truppe soldati missil*
    ?guerra
20000073 en !peace_talks !peace_agreement !peace_treaty mediation negotiators ceasefire ?peace
20000073 it !colloqui_di_pace !accordo_di_pace !trattato_di_pace mediazion* negoziator* ?pace
20001128 en !weather_forecast !meteorolog* !forecasters rain showers temperatures sunshine degrees
    ?weather ?snow
20001128 it !previsioni_meteo !meteorolog* piogge temperature precipitazion* schiarite gradi ?meteo
    ?neve
20001128 de !wettervorhersage* !meteorolog* regen schauer temperaturen grad ?wetter* ?schnee
20001131 en !weather_warning !red_alert !storm_warning !heat_warning gale* thunderstorm* heatwave
    ?weather
20001131 it !allerta_meteo !allerta_arancione !allerta_rossa !allerta_gialla temporal* raffiche
    ondata_di_calore ?meteo
20001131 de !unwetterwarnung* !sturmwarnung* !hitzewarnung* orkan* gewitter* hitzewelle
"""
