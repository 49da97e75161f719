"""The IPTC Media Topics, first and second level: codes with their names.

Codes, order and English names: IPTC Media Topic NewsCodes as of 31 March 2025, © IPTC, CC BY 4.0,
http://cv.iptc.org/newscodes/mediatopic/ – terms that the IPTC retired are left out. The IPTC
publishes no Italian names; these are our own translation. A line is code, English, Italian; the
second level is indented below its top term.
"""

from __future__ import annotations

TOPICS = """
01000000 | arts, culture, entertainment and media | arte, cultura, spettacolo e media
  20000002 | arts and entertainment | arte e spettacolo
  20000038 | culture | cultura
  20000045 | mass media | mezzi di comunicazione di massa
02000000 | crime, law and justice | criminalità, diritto e giustizia
  20000082 | crime | criminalità
  20000106 | judiciary | magistratura
  20000121 | law | diritto
  20000129 | law enforcement | forze dell'ordine
03000000 | disaster, accident and emergency incident | disastri, incidenti ed emergenze
  20000139 | accident and emergency incident | incidenti ed emergenze
  20000148 | disaster | disastri
  20000168 | emergency response | soccorsi
04000000 | economy, business and finance | economia, affari e finanza
  20000349 | business enterprise | impresa
  20000170 | business information | informazioni aziendali
  20000344 | economy | economia
  20000385 | market and exchange | mercati e borse
  20000209 | products and services | prodotti e servizi
05000000 | education | istruzione
  20000412 | curriculum | programmi di studio
  20001217 | educational grading | voti e valutazione scolastica
  20000413 | educational testing and examinations | prove ed esami
  20000414 | entrance examination | esami di ammissione
  20001337 | online and remote learning | didattica online e a distanza
  20000398 | parents group | associazioni di genitori
  20000399 | religious education | insegnamento religioso
  20000400 | school | scuola
  20000410 | social learning | apprendimento sociale
  20000415 | students | studenti
  20000416 | teachers | insegnanti
  20001216 | vocational education | formazione professionale
06000000 | environment | ambiente
  20000418 | climate change | cambiamento climatico
  20000420 | conservation | tutela dell'ambiente
  20000424 | environmental pollution | inquinamento ambientale
  20000430 | natural resources | risorse naturali
  20000441 | nature | natura
  20001374 | sustainability | sostenibilità
07000000 | health | salute
  20000446 | disease and condition | malattie e disturbi
  20000480 | government health care | sanità pubblica statale
  20000461 | health facility | strutture sanitarie
  20000483 | health insurance | assicurazione sanitaria
  20000463 | health organisation | organizzazioni sanitarie
  20000464 | health treatment and procedure | cure e procedure sanitarie
  20000485 | medical profession | professioni mediche
  20000484 | private health care | sanità privata
  20001358 | public health | salute pubblica
08000000 | human interest | storie e persone
  20001237 | anniversary | anniversari
  20000498 | award and prize | premi e riconoscimenti
  20001238 | birthday | compleanni
  20000505 | celebrity | celebrità
  20000501 | ceremony | cerimonie
  20000504 | high society | alta società
  20000503 | human mishap | disavventure
  20000499 | record and achievement | primati e risultati
09000000 | labour | lavoro
  20000509 | employment | occupazione
  20000521 | employment legislation | legislazione del lavoro
  20000523 | labour market | mercato del lavoro
  20000524 | labour relations | relazioni sindacali
  20000531 | retirement | pensionamento
  20000533 | unemployment | disoccupazione
  20000536 | unions | sindacati
10000000 | lifestyle and leisure | stili di vita e tempo libero
  20000538 | leisure | tempo libero
  20000565 | lifestyle | stili di vita
  20001339 | wellness | benessere
11000000 | politics and government | politica e governo
  20000574 | election | elezioni
  20000593 | government | governo
  20000621 | government policy | politiche pubbliche
  20000638 | international relations | relazioni internazionali
  20000646 | non-governmental organisation (NGO) | organizzazioni non governative (ONG)
  20000648 | political prisoners and dissenters | prigionieri politici e dissidenti
12000000 | religion | religione
  20000657 | belief systems | fedi e credenze
  20000702 | relations between religion and government | rapporti tra religione e Stato
  20000688 | religious conflict | conflitti religiosi
  20000697 | religious facility | luoghi di culto
  20000690 | religious festival and holiday | feste religiose
  20000703 | religious leader | capi religiosi
  20000696 | religious ritual | riti religiosi
  20000705 | religious text | testi religiosi
13000000 | science and technology | scienza e tecnologia
  20000710 | biomedical science | scienze biomediche
  20000715 | mathematics | matematica
  20000717 | natural science | scienze naturali
  20000741 | scientific institution | istituzioni scientifiche
  20000735 | scientific research | ricerca scientifica
  20000755 | scientific standards | norme scientifiche
  20000742 | social sciences | scienze sociali
  20000756 | technology and engineering | tecnologia e ingegneria
14000000 | society | società
  20000768 | communities | comunità
  20000770 | demographics | demografia
  20000775 | discrimination | discriminazione
  20001373 | diversity, equity and inclusion | diversità, equità e inclusione
  20000772 | emigration | emigrazione
  20000780 | family | famiglia
  20000587 | fundamental rights | diritti fondamentali
  20000771 | immigration | immigrazione
  20000788 | mankind | umanità
  20000799 | social condition | condizioni sociali
  20000802 | social problem | problemi sociali
  20000808 | values | valori
  20000817 | welfare | assistenza sociale
15000000 | sport | sport
  20000822 | competition discipline | discipline sportive
  20001103 | disciplinary action in sport | provvedimenti disciplinari nello sport
  20001104 | drug use in sport | doping nello sport
  20001301 | sport achievement | risultati sportivi
  20001108 | sport event | manifestazioni sportive
  20001124 | sport industry | industria dello sport
  20001125 | sport organisation | organizzazioni sportive
  20001126 | sport venue | impianti sportivi
  20001323 | sports coaching | allenamento sportivo
  20001324 | sports management and ownership | gestione e proprietà sportiva
  20001325 | sports officiating | arbitraggio
  20001148 | sports transaction | trasferimenti e contratti sportivi
16000000 | conflict, war and peace | conflitti, guerra e pace
  20000053 | act of terror | atti terroristici
  20000056 | armed conflict | conflitti armati
  20000065 | civil unrest | disordini civili
  20000070 | coup d'etat | colpi di Stato
  20001361 | cyber warfare | guerra informatica
  20000071 | massacre | massacri
  20000073 | peace process | processi di pace
  20000077 | post-war reconstruction | ricostruzione postbellica
  20001377 | war victims | vittime di guerra
17000000 | weather | meteo
  20001128 | weather forecast | previsioni meteo
  20001129 | weather phenomena | fenomeni meteorologici
  20001130 | weather statistic | statistiche meteo
  20001131 | weather warning | allerte meteo
"""
