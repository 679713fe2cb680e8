<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
 <context>
  <name>cnn-gui</name>
  <message>
   <source>&amp;Open model…</source>
   <translation>Modell ö&amp;ffnen…</translation>
  </message>
  <message>
   <source>Open the &amp;bundled model</source>
   <translation>&amp;Mitgeliefertes Modell öffnen</translation>
  </message>
  <message>
   <source>&amp;Save model…</source>
   <translation>Modell &amp;speichern…</translation>
  </message>
  <message>
   <source>Open &amp;image…</source>
   <translation>&amp;Bild öffnen…</translation>
  </message>
  <message>
   <source>Open &amp;data file…</source>
   <translation>&amp;Datendatei öffnen…</translation>
  </message>
  <message>
   <source>Open a folder of da&amp;ta…</source>
   <translation>Da&amp;tenordner öffnen…</translation>
  </message>
  <message>
   <source>&amp;Choose data folder…</source>
   <translation>Datenordner &amp;wählen…</translation>
  </message>
  <message>
   <source>Save this &amp;view as a picture…</source>
   <translation>Diese &amp;Ansicht als Bild speichern…</translation>
  </message>
  <message>
   <source>Save these &amp;numbers…</source>
   <translation>Diese &amp;Zahlen speichern…</translation>
  </message>
  <message>
   <source>&amp;Quit</source>
   <translation>&amp;Beenden</translation>
  </message>
  <message>
   <source>&amp;Undo</source>
   <translation>&amp;Rückgängig</translation>
  </message>
  <message>
   <source>&amp;Redo</source>
   <translation>&amp;Wiederholen</translation>
  </message>
  <message>
   <source>&amp;Clear canvas</source>
   <translation>Zeichenfläche &amp;leeren</translation>
  </message>
  <message>
   <source>&amp;Paste image</source>
   <translation>Bild &amp;einfügen</translation>
  </message>
  <message>
   <source>&amp;Brush</source>
   <translation>&amp;Pinsel</translation>
  </message>
  <message>
   <source>&amp;Eraser</source>
   <translation>R&amp;adierer</translation>
  </message>
  <message>
   <source>&amp;Train</source>
   <translation>&amp;Trainieren</translation>
  </message>
  <message>
   <source>&amp;Pause</source>
   <translation>&amp;Pause</translation>
  </message>
  <message>
   <source>&amp;Step</source>
   <translation>&amp;Schritt</translation>
  </message>
  <message>
   <source>St&amp;op</source>
   <translation>St&amp;opp</translation>
  </message>
  <message>
   <source>Train it &amp;on</source>
   <translation>&amp;Weiter trainieren</translation>
  </message>
  <message>
   <source>Start a&amp;new</source>
   <translation>&amp;Neu beginnen</translation>
  </message>
  <message>
   <source>Do not train</source>
   <translation>Nicht trainieren</translation>
  </message>
  <message>
   <source>&amp;Go on with the interrupted run</source>
   <translation>Unterbrochenen Lauf &amp;fortsetzen</translation>
  </message>
  <message>
   <source>&amp;Bring back the network before</source>
   <translation>Voriges Netz &amp;zurückholen</translation>
  </message>
  <message>
   <source>&amp;What is this?</source>
   <translation>&amp;Was ist das?</translation>
  </message>
  <message>
   <source>&amp;Lessons</source>
   <translation>&amp;Lektionen</translation>
  </message>
  <message>
   <source>A &amp;tour of one minute</source>
   <translation>Eine &amp;Tour von einer Minute</translation>
  </message>
  <message>
   <source>&amp;Projector mode</source>
   <translation>&amp;Projektor-Modus</translation>
  </message>
  <message>
   <source>&amp;Dark or light</source>
   <translation>&amp;Dunkel oder hell</translation>
  </message>
  <message>
   <source>Settings and &amp;plots</source>
   <translation>Einstellungen und &amp;Kurven</translation>
  </message>
  <message>
   <source>&amp;Gradients</source>
   <translation>&amp;Gradienten</translation>
  </message>
  <message>
   <source>&amp;Slide the kernel</source>
   <translation>Kern gleiten la&amp;ssen</translation>
  </message>
  <message>
   <source>Larger &amp;maps</source>
   <translation>Größere &amp;Karten</translation>
  </message>
  <message>
   <source>S&amp;maller maps</source>
   <translation>K&amp;leinere Karten</translation>
  </message>
  <message>
   <source>&amp;Resume</source>
   <translation>&amp;Fortsetzen</translation>
  </message>
  <message>
   <source>The bundled model is missing</source>
   <translation>Das mitgelieferte Modell fehlt</translation>
  </message>
  <message>
   <source>Draw a digit, or press Train and watch the network learn</source>
   <translation>Zeichne eine Ziffer oder drücke Trainieren und sieh dem Netz beim Lernen zu</translation>
  </message>
  <message>
   <source>This cannot be learnt from</source>
   <translation>Daraus kann nicht gelernt werden</translation>
  </message>
  <message>
   <source>The next run learns from {name}</source>
   <translation>Der nächste Lauf lernt aus {name}</translation>
  </message>
  <message>
   <source>there: {names}</source>
   <translation>vorhanden: {names}</translation>
  </message>
  <message>
   <source>there is none in it</source>
   <translation>es ist keiner darin</translation>
  </message>
  <message>
   <source>Data sets are looked for in {path} first: {found}</source>
   <translation>Datensätze werden zuerst in {path} gesucht: {found}</translation>
  </message>
  <message>
   <source>reading {name}</source>
   <translation>{name} wird gelesen</translation>
  </message>
  <message>
   <source>looking through {name}</source>
   <translation>{name} wird durchgesehen</translation>
  </message>
  <message>
   <source>the network reads the images</source>
   <translation>das Netz liest die Bilder</translation>
  </message>
  <message>
   <source>training networks that have not seen the images they judge</source>
   <translation>Netze werden trainiert, die die Bilder nicht kennen, über die sie urteilen</translation>
  </message>
  <message>
   <source>writing {name}</source>
   <translation>{name} wird geschrieben</translation>
  </message>
  <message>
   <source>Saved {path}</source>
   <translation>{path} gespeichert</translation>
  </message>
  <message>
   <source>The chosen image</source>
   <translation>Das gewählte Bild</translation>
  </message>
  <message>
   <source>No image</source>
   <translation>Kein Bild</translation>
  </message>
  <message>
   <source>Canvas</source>
   <translation>Zeichnen</translation>
  </message>
  <message>
   <source>Put it on the canvas (Enter)</source>
   <translation>Auf die Zeichenfläche legen (Enter)</translation>
  </message>
  <message>
   <source>Explain</source>
   <translation>Erklären</translation>
  </message>
  <message>
   <source>Put it on the canvas and see what speaks for the answer</source>
   <translation>Auf die Zeichenfläche legen und sehen, was für die Antwort spricht</translation>
  </message>
  <message>
   <source>Leave out</source>
   <translation>Weglassen</translation>
  </message>
  <message>
   <source>Train without the marked images</source>
   <translation>Ohne die markierten Bilder trainieren</translation>
  </message>
  <message>
   <source>As it was</source>
   <translation>Wie es war</translation>
  </message>
  <message>
   <source>Undo all that was changed in the marked images</source>
   <translation>Alles zurücknehmen, was an den markierten Bildern geändert wurde</translation>
  </message>
  <message>
   <source>Read all</source>
   <translation>Alle lesen</translation>
  </message>
  <message>
   <source>Let the open network read all images of this part</source>
   <translation>Das offene Netz alle Bilder dieses Teils lesen lassen</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Rückgängig</translation>
  </message>
  <message>
   <source>Take the last change back (Ctrl+Z)</source>
   <translation>Die letzte Änderung zurücknehmen (Strg+Z)</translation>
  </message>
  <message>
   <source>Relabel</source>
   <translation>Umbenennen</translation>
  </message>
  <message>
   <source>Another label for the marked images</source>
   <translation>Ein anderes Etikett für die markierten Bilder</translation>
  </message>
  <message>
   <source>Another label for the marked images; the data themselves are not touched</source>
   <translation>Ein anderes Etikett für die markierten Bilder; die Daten selbst bleiben unberührt</translation>
  </message>
  <message>
   <source>it is a …</source>
   <translation>es ist eine …</translation>
  </message>
  <message>
   <source>Image {n}</source>
   <translation>Bild {n}</translation>
  </message>
  <message>
   <source>none of the classes</source>
   <translation>keine der Klassen</translation>
  </message>
  <message>
   <source>label: {name}</source>
   <translation>Etikett: {name}</translation>
  </message>
  <message>
   <source>relabelled: {name}</source>
   <translation>umbenannt: {name}</translation>
  </message>
  <message>
   <source>none</source>
   <translation>keine</translation>
  </message>
  <message>
   <source>left out of the training</source>
   <translation>vom Training ausgenommen</translation>
  </message>
  <message>
   <source>{network} reads: {name}</source>
   <translation>{network} liest: {name}</translation>
  </message>
  <message>
   <source>the label may be wrong: {name}?</source>
   <translation>das Etikett kann falsch sein: {name}?</translation>
  </message>
  <message>
   <source>My drawings</source>
   <translation>Meine Zeichnungen</translation>
  </message>
  <message>
   <source>Another label for the marked drawings</source>
   <translation>Ein anderes Etikett für die markierten Zeichnungen</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>Löschen</translation>
  </message>
  <message>
   <source>Take the marked drawings away</source>
   <translation>Die markierten Zeichnungen wegnehmen</translation>
  </message>
  <message>
   <source>Bring back</source>
   <translation>Zurückholen</translation>
  </message>
  <message>
   <source>Bring back what was deleted last</source>
   <translation>Zurückholen, was zuletzt gelöscht wurde</translation>
  </message>
  <message>
   <source>Export …</source>
   <translation>Exportieren …</translation>
  </message>
  <message>
   <source>Write the drawings as images: an .npz file</source>
   <translation>Die Zeichnungen als Bilder schreiben: eine .npz-Datei</translation>
  </message>
  <message>
   <source>Undo teaching</source>
   <translation>Beibringen zurücknehmen</translation>
  </message>
  <message>
   <source>The network before the last teaching</source>
   <translation>Das Netz vor dem letzten Beibringen</translation>
  </message>
  <message>
   <source>Teach them</source>
   <translation>Beibringen</translation>
  </message>
  <message>
   <source>Let the network learn all that is kept</source>
   <translation>Das Netz alles lernen lassen, was behalten ist</translation>
  </message>
  <message>
   <source>Drawings that were kept</source>
   <translation>Behaltene Zeichnungen</translation>
  </message>
  <message>
   <source>only my classes, nothing it knew before</source>
   <translation>nur meine Klassen, nichts von früher</translation>
  </message>
  <message>
   <source>The network then tells only the classes of your drawings apart</source>
   <translation>Das Netz unterscheidet dann nur die Klassen deiner Zeichnungen</translation>
  </message>
  <message>
   <source>How well does it read me?</source>
   <translation>Wie gut liest es mich?</translation>
  </message>
  <message>
   <source>Twenty digits are asked for, one after the other</source>
   <translation>Nach zwanzig Ziffern wird gefragt, einer nach der anderen</translation>
  </message>
  <message>
   <source>Next</source>
   <translation>Weiter</translation>
  </message>
  <message>
   <source>This is the digit that was asked for</source>
   <translation>Das ist die Ziffer, nach der gefragt wurde</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>Stopp</translation>
  </message>
  <message>
   <source>Ask no more</source>
   <translation>Nicht weiter fragen</translation>
  </message>
  <message>
   <source>{n} kept, {missed} of them misread when they were drawn</source>
   <translation>{n} behalten, {missed} davon beim Zeichnen falsch gelesen</translation>
  </message>
  <message>
   <source>Draw something and press its key.</source>
   <translation>Zeichne etwas und drücke seine Taste.</translation>
  </message>
  <message>
   <source>my drawings: {before}{after} of {n} right</source>
   <translation>meine Zeichnungen: {before}{after} von {n} richtig</translation>
  </message>
  <message>
   <source>there are no test images here to see what was lost</source>
   <translation>hier sind keine Testbilder, um zu sehen, was verloren ging</translation>
  </message>
  <message>
   <source>{words}: {before:.2f} → {after:.2f} %</source>
   <translation>{words}: {before:.2f} → {after:.2f} %</translation>
  </message>
  <message>
   <source> · that is more than chance: undo the teaching?</source>
   <translation> · das ist mehr als Zufall: Beibringen zurücknehmen?</translation>
  </message>
  <message>
   <source>all</source>
   <translation>alle</translation>
  </message>
  <message>
   <source>right</source>
   <translation>richtig</translation>
  </message>
  <message>
   <source>wrong</source>
   <translation>falsch</translation>
  </message>
  <message>
   <source>doubtful</source>
   <translation>zweifelhaft</translation>
  </message>
  <message>
   <source>changed</source>
   <translation>geändert</translation>
  </message>
  <message>
   <source>training part</source>
   <translation>Lernteil</translation>
  </message>
  <message>
   <source>to choose by</source>
   <translation>zum Auswählen</translation>
  </message>
  <message>
   <source>test part</source>
   <translation>zum Prüfen</translation>
  </message>
  <message>
   <source>Images of the data set</source>
   <translation>Bilder des Datensatzes</translation>
  </message>
  <message>
   <source>Part of the data set</source>
   <translation>Teil des Datensatzes</translation>
  </message>
  <message>
   <source>Train on these</source>
   <translation>Mit diesen trainieren</translation>
  </message>
  <message>
   <source>The next run learns from this data set</source>
   <translation>Der nächste Lauf lernt aus diesem Datensatz</translation>
  </message>
  <message>
   <source>Export</source>
   <translation>Export</translation>
  </message>
  <message>
   <source>Write the set, or the marked images, as changed by hand</source>
   <translation>Den Satz oder die markierten Bilder schreiben, wie von Hand geändert</translation>
  </message>
  <message>
   <source>The set as .npz …</source>
   <translation>Den Satz als .npz …</translation>
  </message>
  <message>
   <source>The set as IDX files …</source>
   <translation>Den Satz als IDX-Dateien …</translation>
  </message>
  <message>
   <source>The set as pictures by class …</source>
   <translation>Den Satz als Bilder nach Klassen …</translation>
  </message>
  <message>
   <source>What is shown as .npz …</source>
   <translation>Das Gezeigte als .npz …</translation>
  </message>
  <message>
   <source>What is shown as pictures …</source>
   <translation>Das Gezeigte als Bilder …</translation>
  </message>
  <message>
   <source>Show {what}</source>
   <translation>{what} zeigen</translation>
  </message>
  <message>
   <source>What the open network reads rightly</source>
   <translation>Was das offene Netz richtig liest</translation>
  </message>
  <message>
   <source>What the open network misreads</source>
   <translation>Was das offene Netz falsch liest</translation>
  </message>
  <message>
   <source>Labels that networks contradict which have not seen the image</source>
   <translation>Etiketten, denen Netze widersprechen, die das Bild nicht kennen</translation>
  </message>
  <message>
   <source>What you have relabelled or left out</source>
   <translation>Was du umbenannt oder weggelassen hast</translation>
  </message>
  <message>
   <source>All images</source>
   <translation>Alle Bilder</translation>
  </message>
  <message>
   <source>Which images are shown</source>
   <translation>Welche Bilder gezeigt werden</translation>
  </message>
  <message>
   <source>number</source>
   <translation>Nummer</translation>
  </message>
  <message>
   <source>Go to the image of this number</source>
   <translation>Zum Bild mit dieser Nummer gehen</translation>
  </message>
  <message>
   <source>Go to the image of this number (Ctrl+F, Enter)</source>
   <translation>Zum Bild mit dieser Nummer gehen (Strg+F, Enter)</translation>
  </message>
  <message>
   <source>Train</source>
   <translation>Trainieren</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Abbrechen</translation>
  </message>
  <message>
   <source>Give up what is under way</source>
   <translation>Aufgeben, was gerade läuft</translation>
  </message>
  <message>
   <source>Show the class {name}</source>
   <translation>Die Klasse {name} zeigen</translation>
  </message>
  <message>
   <source>Data</source>
   <translation>Daten</translation>
  </message>
  <message>
   <source>Choose a data set on the left.</source>
   <translation>Wähle links einen Datensatz.</translation>
  </message>
  <message>
   <source>Nothing has been changed here.</source>
   <translation>Hier wurde nichts geändert.</translation>
  </message>
  <message>
   <source>No image is like that.</source>
   <translation>Kein Bild ist so.</translation>
  </message>
  <message>
   <source>left out</source>
   <translation>weggelassen</translation>
  </message>
  <message>
   <source>{first} to {last} of {total}</source>
   <translation>{first} bis {last} von {total}</translation>
  </message>
  <message>
   <source>There is no image {number} among those that are shown.</source>
   <translation>Unter den gezeigten ist kein Bild {number}.</translation>
  </message>
  <message>
   <source>Open a network that reads digits first.</source>
   <translation>Öffne erst ein Netz, das Ziffern liest.</translation>
  </message>
  <message>
   <source>Draw a {digit}, then press Next · {n} of {total}</source>
   <translation>Zeichne eine {digit}, dann drücke Weiter · {n} von {total}</translation>
  </message>
  <message>
   <source>Draw a {digit} first.</source>
   <translation>Zeichne erst eine {digit}.</translation>
  </message>
  <message>
   <source>{right} of {n} were read ({low:.0f} to {high:.0f} %, 95 %)</source>
   <translation>{right} von {n} wurden gelesen ({low:.0f} bis {high:.0f} %, 95 %)</translation>
  </message>
  <message>
   <source> · misread: {wrong}</source>
   <translation> · falsch gelesen: {wrong}</translation>
  </message>
  <message>
   <source> · MNIST: {n} people, {share:.0f} % of them are read worse than you</source>
   <translation> · MNIST: {n} Menschen, {share:.0f} % davon werden schlechter gelesen als du</translation>
  </message>
  <message>
   <source>MNIST</source>
   <translation>MNIST</translation>
  </message>
  <message>
   <source>Fashion-MNIST</source>
   <translation>Fashion-MNIST</translation>
  </message>
  <message>
   <source>KMNIST</source>
   <translation>KMNIST</translation>
  </message>
  <message>
   <source>Pen digits</source>
   <translation>Stift-Ziffern</translation>
  </message>
  <message>
   <source>Mixed, with none</source>
   <translation>Gemischt, mit keinen</translation>
  </message>
  <message>
   <source>Synthetic</source>
   <translation>Künstlich</translation>
  </message>
  <message>
   <source>Images</source>
   <translation>Bilder</translation>
  </message>
  <message>
   <source>Data sets</source>
   <translation>Datensätze</translation>
  </message>
  <message>
   <source>Choose one to look at its images; one that is not here is fetched</source>
   <translation>Wähle einen, um seine Bilder anzusehen; was nicht da ist, wird geholt</translation>
  </message>
  <message>
   <source>A folder …</source>
   <translation>Ein Ordner …</translation>
  </message>
  <message>
   <source>Pictures with a folder for each class, or IDX files</source>
   <translation>Bilder mit einem Ordner für jede Klasse, oder IDX-Dateien</translation>
  </message>
  <message>
   <source>A file …</source>
   <translation>Eine Datei …</translation>
  </message>
  <message>
   <source>An .npz file, or a CSV table: the label first, then the pixels</source>
   <translation>Eine .npz-Datei oder eine CSV-Tabelle: zuerst das Etikett, dann die Pixel</translation>
  </message>
  <message>
   <source>Or drop them here. You see what is in them before anything is used.</source>
   <translation>Oder lege sie hier ab. Du siehst, was darin ist, bevor etwas benutzt wird.</translation>
  </message>
  <message>
   <source>to learn</source>
   <translation>zum Lernen</translation>
  </message>
  <message>
   <source>to test</source>
   <translation>zum Prüfen</translation>
  </message>
  <message>
   <source>size</source>
   <translation>Größe</translation>
  </message>
  <message>
   <source>relabelled</source>
   <translation>umbenannt</translation>
  </message>
  <message>
   <source> · fetch</source>
   <translation> · holen</translation>
  </message>
  <message>
   <source> · not here</source>
   <translation> · nicht da</translation>
  </message>
  <message>
   <source>Samples as the network will see them</source>
   <translation>Proben, wie das Netz sie sehen wird</translation>
  </message>
  <message>
   <source>Classes, and what was refused</source>
   <translation>Klassen, und was abgelehnt wurde</translation>
  </message>
  <message>
   <source>Use these</source>
   <translation>Diese benutzen</translation>
  </message>
  <message>
   <source>Show them, and let the next run learn from them</source>
   <translation>Zeigen, und den nächsten Lauf daraus lernen lassen</translation>
  </message>
  <message>
   <source>Do not use them</source>
   <translation>Nicht benutzen</translation>
  </message>
  <message>
   <source>Nothing is changed</source>
   <translation>Es wird nichts geändert</translation>
  </message>
  <message>
   <source>As the network will see them</source>
   <translation>Wie das Netz sie sehen wird</translation>
  </message>
  <message>
   <source>What is in {name}</source>
   <translation>Was in {name} ist</translation>
  </message>
  <message>
   <source>{parts} · images of {size} · {k} classes{note}</source>
   <translation>{parts} · Bilder von {size} · {k} Klassen{note}</translation>
  </message>
  <message>
   <source>{name}: {count} images</source>
   <translation>{name}: {count} Bilder</translation>
  </message>
  <message>
   <source>Refused: {n} files</source>
   <translation>Abgelehnt: {n} Dateien</translation>
  </message>
  <message>
   <source>only my classes</source>
   <translation>nur meine Klassen</translation>
  </message>
  <message>
   <source>A folder of images</source>
   <translation>Ein Ordner mit Bildern</translation>
  </message>
  <message>
   <source>A file of images</source>
   <translation>Eine Datei mit Bildern</translation>
  </message>
  <message>
   <source>Images (*.npz *.csv)</source>
   <translation>Bilder (*.npz *.csv)</translation>
  </message>
  <message>
   <source>Save images</source>
   <translation>Bilder speichern</translation>
  </message>
  <message>
   <source>NumPy (*.npz)</source>
   <translation>NumPy (*.npz)</translation>
  </message>
  <message>
   <source>A folder for the images</source>
   <translation>Ein Ordner für die Bilder</translation>
  </message>
  <message>
   <source>Save the drawings</source>
   <translation>Die Zeichnungen speichern</translation>
  </message>
  <message>
   <source>The drawings cannot be saved here</source>
   <translation>Die Zeichnungen können hier nicht gespeichert werden</translation>
  </message>
  <message>
   <source>Something went wrong in the program</source>
   <translation>Im Programm ging etwas schief</translation>
  </message>
  <message>
   <source>{kind}: {problem}. Your work is still there.</source>
   <translation>{kind}: {problem}. Deine Arbeit ist noch da.</translation>
  </message>
  <message>
   <source>{name}: precision {p:.1f} %, recall {r:.1f} %, F1 {f:.1f} %</source>
   <translation>{name}: Präzision {p:.1f} %, Trefferquote {r:.1f} %, F1 {f:.1f} %</translation>
  </message>
  <message>
   <source>precision</source>
   <translation>Präzision</translation>
  </message>
  <message>
   <source>recall</source>
   <translation>Treffer</translation>
  </message>
  <message>
   <source>F1</source>
   <translation>F1</translation>
  </message>
  <message>
   <source>missed</source>
   <translation>verfehlt</translation>
  </message>
  <message>
   <source>Each class</source>
   <translation>Jede Klasse</translation>
  </message>
  <message>
   <source>bars from {low:.0f} %</source>
   <translation>Balken ab {low:.0f} %</translation>
  </message>
  <message>
   <source>Compare with</source>
   <translation>Vergleichen mit</translation>
  </message>
  <message>
   <source>Which network stands beside it</source>
   <translation>Welches Netz daneben steht</translation>
  </message>
  <message>
   <source>As it was after which epoch</source>
   <translation>Wie es nach welcher Epoche war</translation>
  </message>
  <message>
   <source>As it was after an epoch of its run</source>
   <translation>Wie es nach einer Epoche seines Laufs war</translation>
  </message>
  <message>
   <source>both right</source>
   <translation>beide richtig</translation>
  </message>
  <message>
   <source>only A</source>
   <translation>nur A</translation>
  </message>
  <message>
   <source>only B</source>
   <translation>nur B</translation>
  </message>
  <message>
   <source>both wrong</source>
   <translation>beide falsch</translation>
  </message>
  <message>
   <source>Images that both read differently</source>
   <translation>Bilder, die beide verschieden lesen</translation>
  </message>
  <message>
   <source>no other</source>
   <translation>kein anderes</translation>
  </message>
  <message>
   <source>kept</source>
   <translation>behalten</translation>
  </message>
  <message>
   <source>epoch {n}</source>
   <translation>Epoche {n}</translation>
  </message>
  <message>
   <source>Choose a run to see where both disagree.</source>
   <translation>Wähle einen Lauf, um zu sehen, wo beide uneins sind.</translation>
  </message>
  <message>
   <source>They read all images alike.</source>
   <translation>Sie lesen alle Bilder gleich.</translation>
  </message>
  <message>
   <source>A {a} and B {b} are equally good.</source>
   <translation>A {a} und B {b} sind gleich gut.</translation>
  </message>
  <message>
   <source>more than chance</source>
   <translation>mehr als Zufall</translation>
  </message>
  <message>
   <source>which may be chance</source>
   <translation>was Zufall sein kann</translation>
  </message>
  <message>
   <source>{better} is better than {other}, {judged} (McNemar, {chance}).</source>
   <translation>{better} ist besser als {other}, {judged} (McNemar, {chance}).</translation>
  </message>
  <message>
   <source>Confusion matrix</source>
   <translation>Verwechslungsmatrix</translation>
  </message>
  <message>
   <source>Row: what it is, column: what it was read as. A click shows the images of a cell</source>
   <translation>Zeile: was es ist, Spalte: als was es gelesen wurde. Ein Klick zeigt die Bilder einer Zelle</translation>
  </message>
  <message>
   <source>{n} images misread</source>
   <translation>{n} Bilder falsch gelesen</translation>
  </message>
  <message>
   <source>{n} of {total} images of {a} are read as {b}</source>
   <translation>{n} von {total} Bildern von {a} werden als {b} gelesen</translation>
  </message>
  <message>
   <source>Confusion</source>
   <translation>Verwechslungen</translation>
  </message>
  <message>
   <source>row: what it is, column: read as</source>
   <translation>Zeile: was es ist, Spalte: gelesen als</translation>
  </message>
  <message>
   <source>%</source>
   <translation>%</translation>
  </message>
  <message>
   <source>Shares of what it is, instead of counts</source>
   <translation>Anteile statt Anzahlen</translation>
  </message>
  <message>
   <source>worst first</source>
   <translation>Schlimmste zuerst</translation>
  </message>
  <message>
   <source>Classes with the most errors first</source>
   <translation>Klassen mit den meisten Fehlern zuerst</translation>
  </message>
  <message>
   <source>reading the images</source>
   <translation>die Bilder werden gelesen</translation>
  </message>
  <message>
   <source>{title}, epoch {n}</source>
   <translation>{title}, Epoche {n}</translation>
  </message>
  <message>
   <source>reading the images with {title}</source>
   <translation>{title} liest die Bilder</translation>
  </message>
  <message>
   <source>Draw something first: the answer on the canvas is what is asked about.</source>
   <translation>Zeichne erst etwas: Gefragt wird nach der Antwort auf der Zeichenfläche.</translation>
  </message>
  <message>
   <source>following the gradients of the training images</source>
   <translation>den Gradienten der Trainingsbilder wird gefolgt</translation>
  </message>
  <message>
   <source>A run goes on. Stop it before you begin another one.</source>
   <translation>Ein Lauf ist im Gange. Halte ihn an, bevor du einen anderen beginnst.</translation>
  </message>
  <message>
   <source>before, it read {answer}: watch what it reads now</source>
   <translation>vorher las es {answer}: sieh zu, was es jetzt liest</translation>
  </message>
  <message>
   <source>training without {n} images · {answer}</source>
   <translation>Training ohne {n} Bilder · {answer}</translation>
  </message>
  <message>
   <source>95 % interval of the accuracy</source>
   <translation>95-%-Bereich der Genauigkeit</translation>
  </message>
  <message>
   <source>Where the accuracy on all such images lies, with 95 % confidence (Wilson)</source>
   <translation>Wo die Genauigkeit auf allen solchen Bildern liegt, mit 95 % Sicherheit (Wilson)</translation>
  </message>
  <message>
   <source>Which network is judged</source>
   <translation>Welches Netz bewertet wird</translation>
  </message>
  <message>
   <source>Epoch of the run</source>
   <translation>Epoche des Laufs</translation>
  </message>
  <message>
   <source>The network as it was after an epoch of its run</source>
   <translation>Das Netz, wie es nach einer Epoche seines Laufs war</translation>
  </message>
  <message>
   <source>misread</source>
   <translation>falsch gelesen</translation>
  </message>
  <message>
   <source>loss</source>
   <translation>Verlust</translation>
  </message>
  <message>
   <source>calibration error</source>
   <translation>Kalibrierfehler</translation>
  </message>
  <message>
   <source>temperature</source>
   <translation>Temperatur</translation>
  </message>
  <message>
   <source>turned away</source>
   <translation>abgelehnt</translation>
  </message>
  <message>
   <source>the kept weights</source>
   <translation>die behaltenen Gewichte</translation>
  </message>
  <message>
   <source>{low:.2f} to {high:.2f} %, 95 %</source>
   <translation>{low:.2f} bis {high:.2f} %, 95 %</translation>
  </message>
  <message>
   <source>read in {seconds:.1f} s</source>
   <translation>in {seconds:.1f} s gelesen</translation>
  </message>
  <message>
   <source>Cell</source>
   <translation>Zelle</translation>
  </message>
  <message>
   <source>Hardest</source>
   <translation>Schwerste</translation>
  </message>
  <message>
   <source>Surest</source>
   <translation>Sicherste</translation>
  </message>
  <message>
   <source>Map</source>
   <translation>Karte</translation>
  </message>
  <message>
   <source>Labels</source>
   <translation>Etiketten</translation>
  </message>
  <message>
   <source>Influence</source>
   <translation>Einfluss</translation>
  </message>
  <message>
   <source>nothing was read so</source>
   <translation>nichts wurde so gelesen</translation>
  </message>
  <message>
   <source>Press Look for them.</source>
   <translation>Drücke Danach suchen.</translation>
  </message>
  <message>
   <source>Draw something, then press Ask.</source>
   <translation>Zeichne etwas, dann drücke Fragen.</translation>
  </message>
  <message>
   <source>nothing was misread</source>
   <translation>nichts wurde falsch gelesen</translation>
  </message>
  <message>
   <source>Images of the matrix's chosen cell</source>
   <translation>Bilder der gewählten Zelle der Matrix</translation>
  </message>
  <message>
   <source>Images with the largest loss first</source>
   <translation>Bilder mit dem größten Verlust zuerst</translation>
  </message>
  <message>
   <source>Misread images, those first of which it is surest</source>
   <translation>Falsch gelesene Bilder, zuerst die, bei denen es am sichersten ist</translation>
  </message>
  <message>
   <source>All images as points; draw around some to see them</source>
   <translation>Alle Bilder als Punkte; zeichne um einige herum, um sie zu sehen</translation>
  </message>
  <message>
   <source>Training images whose label may be wrong</source>
   <translation>Trainingsbilder, deren Etikett falsch sein kann</translation>
  </message>
  <message>
   <source>Which training images made it say what it says on the canvas?</source>
   <translation>Welche Trainingsbilder ließen es sagen, was es auf der Zeichenfläche sagt?</translation>
  </message>
  <message>
   <source>Which images</source>
   <translation>Welche Bilder</translation>
  </message>
  <message>
   <source>Look for them</source>
   <translation>Danach suchen</translation>
  </message>
  <message>
   <source>Train networks that have not seen the images they judge</source>
   <translation>Netze trainieren, die die Bilder nicht kennen, über die sie urteilen</translation>
  </message>
  <message>
   <source>Ask</source>
   <translation>Fragen</translation>
  </message>
  <message>
   <source>Leave out, train again</source>
   <translation>Weglassen, neu trainieren</translation>
  </message>
  <message>
   <source>Make the run again without the marked images</source>
   <translation>Den Lauf ohne die markierten Bilder noch einmal machen</translation>
  </message>
  <message>
   <source>On the canvas</source>
   <translation>Zeichenfläche</translation>
  </message>
  <message>
   <source>Put the image on the canvas (C, Enter)</source>
   <translation>Das Bild auf die Zeichenfläche legen (C, Enter)</translation>
  </message>
  <message>
   <source>Why?</source>
   <translation>Warum?</translation>
  </message>
  <message>
   <source>Put it on the canvas and see what speaks for the answer (W)</source>
   <translation>Auf die Zeichenfläche legen und sehen, was für die Antwort spricht (W)</translation>
  </message>
  <message>
   <source>Label is wrong</source>
   <translation>Etikett falsch</translation>
  </message>
  <message>
   <source>Say what it is, or leave it out; the data themselves are not touched</source>
   <translation>Sag, was es ist, oder lass es weg; die Daten selbst bleiben unberührt</translation>
  </message>
  <message>
   <source>draw around points to see their images</source>
   <translation>zeichne um Punkte herum, um ihre Bilder zu sehen</translation>
  </message>
  <message>
   <source>choose a cell of the matrix</source>
   <translation>wähle eine Zelle der Matrix</translation>
  </message>
  <message>
   <source>{a} read as {b} · {n} images, hardest first</source>
   <translation>{a} als {b} gelesen · {n} Bilder, schwerste zuerst</translation>
  </message>
  <message>
   <source>by their loss · is → read as</source>
   <translation>nach ihrem Verlust · ist → gelesen als</translation>
  </message>
  <message>
   <source>{n} misread, those first of which it is surest</source>
   <translation>{n} falsch gelesen, zuerst die, bei denen es am sichersten ist</translation>
  </message>
  <message>
   <source>training images whose label is contradicted by networks that have not seen them</source>
   <translation>Trainingsbilder, deren Etikett Netze widersprechen, die sie nicht kennen</translation>
  </message>
  <message>
   <source>{n} of {total} labels are doubtful, the worst first</source>
   <translation>{n} von {total} Etiketten sind zweifelhaft, die schlimmsten zuerst</translation>
  </message>
  <message>
   <source>training images that pulled the answer on the canvas towards it, or away</source>
   <translation>Trainingsbilder, die die Antwort auf der Zeichenfläche herangezogen oder weggezogen haben</translation>
  </message>
  <message>
   <source>run {run}</source>
   <translation>Lauf {run}</translation>
  </message>
  <message>
   <source>the open network</source>
   <translation>dem offenen Netz</translation>
  </message>
  <message>
   <source>for {answer}, of {of}: + pull for it, − against, ≈ nearest</source>
   <translation>für {answer}, von {of}: + zieht dafür, − dagegen, ≈ am nächsten</translation>
  </message>
  <message>
   <source>It is {name}</source>
   <translation>Es ist {name}</translation>
  </message>
  <message>
   <source>Leave it out</source>
   <translation>Weglassen</translation>
  </message>
  <message>
   <source>no point lies in there: draw around some</source>
   <translation>darin liegt kein Punkt: zeichne um einige herum</translation>
  </message>
  <message>
   <source>{n} images from the map</source>
   <translation>{n} Bilder aus der Karte</translation>
  </message>
  <message>
   <source>Map of the images</source>
   <translation>Karte der Bilder</translation>
  </message>
  <message>
   <source>Draw around points to see their images</source>
   <translation>Zeichne um Punkte herum, um ihre Bilder zu sehen</translation>
  </message>
  <message>
   <source>working out the map …</source>
   <translation>die Karte wird berechnet …</translation>
  </message>
  <message>
   <source>{sure:.0f} % sure, {right:.0f} % right</source>
   <translation>{sure:.0f} % sicher, {right:.0f} % richtig</translation>
  </message>
  <message>
   <source>how sure it is, %; upwards: how often right, %</source>
   <translation>wie sicher es ist, %; nach oben: wie oft richtig, %</translation>
  </message>
  <message>
   <source>too modest</source>
   <translation>zu bescheiden</translation>
  </message>
  <message>
   <source>too sure</source>
   <translation>zu sicher</translation>
  </message>
  <message>
   <source>images that are answered, %; upwards: right among them, %</source>
   <translation>beantwortete Bilder, %; nach oben: davon richtig, %</translation>
  </message>
  <message>
   <source>99.9 % right if {share:.1f} % are answered</source>
   <translation>99.9 % richtig, wenn {share:.1f} % beantwortet werden</translation>
  </message>
  <message>
   <source>Can its confidence be trusted?</source>
   <translation>Ist auf seine Sicherheit Verlass?</translation>
  </message>
  <message>
   <source>refusing</source>
   <translation>ablehnen</translation>
  </message>
  <message>
   <source>What refusing costs</source>
   <translation>Was Ablehnen kostet</translation>
  </message>
  <message>
   <source>How many images are right if only those it is sure of are answered</source>
   <translation>Wie viele Bilder richtig sind, wenn nur die beantwortet werden, bei denen es sicher ist</translation>
  </message>
  <message>
   <source>Trust</source>
   <translation>Vertrauen</translation>
  </message>
  <message>
   <source>Compare</source>
   <translation>Vergleich</translation>
  </message>
  <message>
   <source>{words} · {n} changed</source>
   <translation>{words} · {n} geändert</translation>
  </message>
  <message>
   <source>Evaluate</source>
   <translation>Prüfen</translation>
  </message>
  <message>
   <source>There is no picture on the clipboard. Copy one, then paste again.</source>
   <translation>In der Zwischenablage ist kein Bild. Kopiere eines und füge es dann ein.</translation>
  </message>
  <message>
   <source>This cannot be put on the canvas</source>
   <translation>Das kann nicht auf die Zeichenfläche gelegt werden</translation>
  </message>
  <message>
   <source>Drawing canvas</source>
   <translation>Zeichenfläche</translation>
  </message>
  <message>
   <source>Draw with mouse, finger or pen; or paste or drop a picture.</source>
   <translation>Zeichne mit Maus, Finger oder Stift; oder füge ein Bild ein oder lege es ab.</translation>
  </message>
  <message>
   <source>Drop to read it</source>
   <translation>Ablegen, um es zu lesen</translation>
  </message>
  <message>
   <source>Draw a digit or a number here</source>
   <translation>Zeichne hier eine Ziffer oder Zahl</translation>
  </message>
  <message>
   <source>Draw here, or drop a picture</source>
   <translation>Zeichne hier, oder lege ein Bild ab</translation>
  </message>
  <message>
   <source>Your last drawings</source>
   <translation>Deine letzten Zeichnungen</translation>
  </message>
  <message>
   <source>{n} kept</source>
   <translation>{n} behalten</translation>
  </message>
  <message>
   <source>Drawings that were kept last</source>
   <translation>Zuletzt behaltene Zeichnungen</translation>
  </message>
  <message>
   <source>Click one to put it back on the canvas</source>
   <translation>Klicke eine an, um sie zurückzulegen</translation>
  </message>
  <message>
   <source>Draw something and press its key: it is kept here.</source>
   <translation>Zeichne etwas und drücke seine Taste: Hier wird es behalten.</translation>
  </message>
  <message>
   <source>a decimal point</source>
   <translation>ein Dezimalpunkt</translation>
  </message>
  <message>
   <source>a decimal comma</source>
   <translation>ein Dezimalkomma</translation>
  </message>
  <message>
   <source>a minus</source>
   <translation>ein Minus</translation>
  </message>
  <message>
   <source>A digit, or a number such as 2026</source>
   <translation>Eine Ziffer oder eine Zahl wie 2026</translation>
  </message>
  <message>
   <source>Number</source>
   <translation>Zahl</translation>
  </message>
  <message>
   <source>The digits on the canvas: click one to look into it</source>
   <translation>Die Ziffern auf der Zeichenfläche: klicke eine an, um hineinzusehen</translation>
  </message>
  <message>
   <source>The whole number: {text}</source>
   <translation>Die ganze Zahl: {text}</translation>
  </message>
  <message>
   <source>one digit</source>
   <translation>eine Ziffer</translation>
  </message>
  <message>
   <source>{first}–{last} of {count}</source>
   <translation>{first}–{last} von {count}</translation>
  </message>
  <message>
   <source>{count} digits</source>
   <translation>{count} Ziffern</translation>
  </message>
  <message>
   <source>{said} in {rows} rows</source>
   <translation>{said} in {rows} Zeilen</translation>
  </message>
  <message>
   <source>Draw one of: {names}</source>
   <translation>Zeichne eines von: {names}</translation>
  </message>
  <message>
   <source>Digit {number}: {name}, {percent} sure</source>
   <translation>Ziffer {number}: {name}, {percent} sicher</translation>
  </message>
  <message>
   <source>Digit {number}: not a digit? Most like {name}, {percent}</source>
   <translation>Ziffer {number}: keine Ziffer? Am ehesten {name}, {percent}</translation>
  </message>
  <message>
   <source>Prediction</source>
   <translation>Vorhersage</translation>
  </message>
  <message>
   <source>What the network reads, and how probable it holds each class to be</source>
   <translation>Was das Netz liest und für wie wahrscheinlich es jede Klasse hält</translation>
  </message>
  <message>
   <source>{share} sure</source>
   <translation>{share} sicher</translation>
  </message>
  <message>
   <source>no digit yet</source>
   <translation>noch leer</translation>
  </message>
  <message>
   <source>nothing yet</source>
   <translation>noch nichts</translation>
  </message>
  <message>
   <source>not a digit?</source>
   <translation>keine Ziffer?</translation>
  </message>
  <message>
   <source>none of these?</source>
   <translation>nichts davon?</translation>
  </message>
  <message>
   <source>Say what it is</source>
   <translation>Sag, was es ist</translation>
  </message>
  <message>
   <source>Wrong? It is a</source>
   <translation>Falsch? Es ist</translation>
  </message>
  <message>
   <source>It shows none of these: learn to turn such things away</source>
   <translation>Es zeigt nichts davon: lernen, so etwas abzulehnen</translation>
  </message>
  <message>
   <source>new …</source>
   <translation>neu …</translation>
  </message>
  <message>
   <source>A class of your own: draw it, and say what it is called</source>
   <translation>Eine eigene Klasse: zeichne sie und sag, wie sie heißt</translation>
  </message>
  <message>
   <source>What it is</source>
   <translation>Was es ist</translation>
  </message>
  <message>
   <source>Type a part of the name, then press Enter</source>
   <translation>Tippe einen Teil des Namens, dann Enter</translation>
  </message>
  <message>
   <source>Name of a new class</source>
   <translation>Name einer neuen Klasse</translation>
  </message>
  <message>
   <source>What you have drawn, such as heart; Enter keeps it</source>
   <translation>Was du gezeichnet hast, etwa Herz; Enter behält es</translation>
  </message>
  <message>
   <source>its name, such as heart</source>
   <translation>der Name, etwa Herz</translation>
  </message>
  <message>
   <source>undo</source>
   <translation>zurück</translation>
  </message>
  <message>
   <source>As it was before the last teaching</source>
   <translation>Wie es vor dem letzten Beibringen war</translation>
  </message>
  <message>
   <source>It is a {name}</source>
   <translation>Es ist eine {name}</translation>
  </message>
  <message>
   <source>It is a {name}: keep the drawing, and learn it</source>
   <translation>Es ist eine {name}: die Zeichnung behalten und lernen</translation>
  </message>
  <message>
   <source>Brush</source>
   <translation>Pinsel</translation>
  </message>
  <message>
   <source>Brush (B)</source>
   <translation>Pinsel (B)</translation>
  </message>
  <message>
   <source>Eraser</source>
   <translation>Radierer</translation>
  </message>
  <message>
   <source>Eraser (E); the right mouse button erases too</source>
   <translation>Radierer (E); die rechte Maustaste radiert auch</translation>
  </message>
  <message>
   <source>{width} pen</source>
   <translation>Stift: {width}</translation>
  </message>
  <message>
   <source>Undo (Ctrl+Z)</source>
   <translation>Rückgängig (Strg+Z)</translation>
  </message>
  <message>
   <source>Redo</source>
   <translation>Wiederholen</translation>
  </message>
  <message>
   <source>Redo (Ctrl+Shift+Z)</source>
   <translation>Wiederholen (Strg+Umschalt+Z)</translation>
  </message>
  <message>
   <source>Clear</source>
   <translation>Leeren</translation>
  </message>
  <message>
   <source>Clear the canvas (Del)</source>
   <translation>Zeichenfläche leeren (Entf)</translation>
  </message>
  <message>
   <source>The same in code</source>
   <translation>Dasselbe als Code</translation>
  </message>
  <message>
   <source>Show where it is</source>
   <translation>Zeigen, wo es ist</translation>
  </message>
  <message>
   <source>Try it</source>
   <translation>Probier es</translation>
  </message>
  <message>
   <source>{task}, done</source>
   <translation>{task}, erledigt</translation>
  </message>
  <message>
   <source>Not quite: try another one.</source>
   <translation>Nicht ganz: versuch eine andere.</translation>
  </message>
  <message>
   <source>“{name}”</source>
   <translation>„{name}“</translation>
  </message>
  <message>
   <source>Show the code of this step</source>
   <translation>Den Code dieses Schritts zeigen</translation>
  </message>
  <message>
   <source>Picture: {name}</source>
   <translation>Bild: {name}</translation>
  </message>
  <message>
   <source>Draw a digit: the picture is made of it.</source>
   <translation>Zeichne eine Ziffer: Das Bild wird daraus gemacht.</translation>
  </message>
  <message>
   <source>This network has no such layer.</source>
   <translation>Dieses Netz hat keine solche Schicht.</translation>
  </message>
  <message>
   <source>{h}×{w} pixels</source>
   <translation>{h}×{w} Pixel</translation>
  </message>
  <message>
   <source>36 of them, as numbers</source>
   <translation>36 davon, als Zahlen</translation>
  </message>
  <message>
   <source>Pin a number of a convolution: click it in the strip.</source>
   <translation>Hefte eine Zahl einer Faltung an: klicke im Streifen darauf.</translation>
  </message>
  <message>
   <source>image</source>
   <translation>Bild</translation>
  </message>
  <message>
   <source>map {n} of {count}</source>
   <translation>Karte {n} von {count}</translation>
  </message>
  <message>
   <source>kernel</source>
   <translation>Kern</translation>
  </message>
  <message>
   <source>products</source>
   <translation>Produkte</translation>
  </message>
  <message>
   <source>sum + bias</source>
   <translation>mit Bias</translation>
  </message>
  <message>
   <source>of all maps</source>
   <translation>aller Karten</translation>
  </message>
  <message>
   <source>{n} maps</source>
   <translation>{n} Karten</translation>
  </message>
  <message>
   <source>one filter</source>
   <translation>ein Filter</translation>
  </message>
  <message>
   <source>one map</source>
   <translation>eine Karte</translation>
  </message>
  <message>
   <source>× {n} filters</source>
   <translation>× {n} Filter</translation>
  </message>
  <message>
   <source>four windows of map {n}</source>
   <translation>vier Fenster von Karte {n}</translation>
  </message>
  <message>
   <source>what is left</source>
   <translation>was übrig bleibt</translation>
  </message>
  <message>
   <source>the winners have a frame</source>
   <translation>die Sieger haben einen Rahmen</translation>
  </message>
  <message>
   <source>step 1</source>
   <translation>Schritt 1</translation>
  </message>
  <message>
   <source>step 2</source>
   <translation>Schritt 2</translation>
  </message>
  <message>
   <source>while it reads</source>
   <translation>beim Lesen</translation>
  </message>
  <message>
   <source>{n} maps of {h}×{w}</source>
   <translation>{n} Karten von {h}×{w}</translation>
  </message>
  <message>
   <source>one row of {n} numbers, of which these are the first</source>
   <translation>eine Reihe von {n} Zahlen, davon diese zuerst</translation>
  </message>
  <message>
   <source>p of the right class, from 0 to 1</source>
   <translation>p der richtigen Klasse, von 0 bis 1</translation>
  </message>
  <message>
   <source>if it is: {name}</source>
   <translation>wenn es {name} ist</translation>
  </message>
  <message>
   <source>Switch the strip to Gradients (G).</source>
   <translation>Schalte den Streifen auf Gradienten (G).</translation>
  </message>
  <message>
   <source>← the way back: read from right to left</source>
   <translation>← der Rückweg: von rechts nach links lesen</translation>
  </message>
  <message>
   <source>Press Train: the loss of each batch is drawn here.</source>
   <translation>Drücke Trainieren: Der Verlust jedes Stapels wird hier gezeichnet.</translation>
  </message>
  <message>
   <source>loss of {n} batches, now {value:.3f}</source>
   <translation>Verlust von {n} Stapeln, jetzt {value:.3f}</translation>
  </message>
  <message>
   <source>Lessons</source>
   <translation>Lektionen</translation>
  </message>
  <message>
   <source>Close the lessons</source>
   <translation>Die Lektionen schließen</translation>
  </message>
  <message>
   <source>Back to Live (Esc)</source>
   <translation>Zurück zu Live (Esc)</translation>
  </message>
  <message>
   <source>Lesson</source>
   <translation>Lektion</translation>
  </message>
  <message>
   <source>Choose a lesson</source>
   <translation>Eine Lektion wählen</translation>
  </message>
  <message>
   <source>Show what there is to try</source>
   <translation>Zeigen, was es zu probieren gibt</translation>
  </message>
  <message>
   <source>Learn</source>
   <translation>Lernen</translation>
  </message>
  <message>
   <source>{n} minutes</source>
   <translation>{n} Minuten</translation>
  </message>
  <message>
   <source>{n} of {total} done</source>
   <translation>{n} von {total} erledigt</translation>
  </message>
  <message>
   <source>1 to try</source>
   <translation>noch 1</translation>
  </message>
  <message>
   <source>{n} to try</source>
   <translation>noch {n}</translation>
  </message>
  <message>
   <source>all done</source>
   <translation>alles erledigt</translation>
  </message>
  <message>
   <source>{n}: {title}, done</source>
   <translation>{n}: {title}, erledigt</translation>
  </message>
  <message>
   <source>{n}: {title}</source>
   <translation>{n}: {title}</translation>
  </message>
  <message>
   <source>Draw a digit here</source>
   <translation>Zeichne hier eine Ziffer</translation>
  </message>
  <message>
   <source>With the mouse, a finger or a pen. Whole numbers work too.</source>
   <translation>Mit Maus, Finger oder Stift. Ganze Zahlen gehen auch.</translation>
  </message>
  <message>
   <source>What the network reads</source>
   <translation>Was das Netz liest</translation>
  </message>
  <message>
   <source>While the pen moves, it says how sure it is of each digit. Is it wrong? Press the right digit below.</source>
   <translation>Während der Stift sich bewegt, sagt es, wie sicher es bei jeder Ziffer ist. Liegt es falsch? Drücke unten die richtige Ziffer.</translation>
  </message>
  <message>
   <source>Feature maps</source>
   <translation>Merkmalskarten</translation>
  </message>
  <message>
   <source>Each small picture is a feature map: it is bright where one filter has found what it looks for.</source>
   <translation>Jedes kleine Bild ist eine Merkmalskarte: Sie ist hell, wo ein Filter gefunden hat, wonach er sucht.</translation>
  </message>
  <message>
   <source>Ask any number</source>
   <translation>Frag jede Zahl</translation>
  </message>
  <message>
   <source>Point at a number of any layer: the sum behind it stands here. Other tabs answer other questions.</source>
   <translation>Zeige auf eine Zahl irgendeiner Schicht: Die Summe dahinter steht hier. Andere Reiter beantworten andere Fragen.</translation>
  </message>
  <message>
   <source>The way back</source>
   <translation>Der Rückweg</translation>
  </message>
  <message>
   <source>Gradients show how each number pulls at the loss: that is how a network learns.</source>
   <translation>Gradienten zeigen, wie jede Zahl am Verlust zieht: So lernt ein Netz.</translation>
  </message>
  <message>
   <source>Let it learn</source>
   <translation>Lass es lernen</translation>
  </message>
  <message>
   <source>Train a network of your own and watch it learn. Nothing is lost: the one before can be brought back.</source>
   <translation>Trainiere ein eigenes Netz und sieh ihm zu. Nichts geht verloren: Das vorige kann zurückgeholt werden.</translation>
  </message>
  <message>
   <source>Ten short lessons</source>
   <translation>Zehn kurze Lektionen</translation>
  </message>
  <message>
   <source>They explain all of it, with things to try. F1 says what is under the pointer.</source>
   <translation>Sie erklären alles, mit Dingen zum Probieren. F1 sagt, was unter dem Zeiger ist.</translation>
  </message>
  <message>
   <source>Skip</source>
   <translation>Überspringen</translation>
  </message>
  <message>
   <source>End the tour (Esc). Help shows it again</source>
   <translation>Die Tour beenden (Esc). Die Hilfe zeigt sie wieder</translation>
  </message>
  <message>
   <source>Go on (Enter)</source>
   <translation>Weiter (Enter)</translation>
  </message>
  <message>
   <source>{n} of {count}</source>
   <translation>{n} von {count}</translation>
  </message>
  <message>
   <source>Done</source>
   <translation>Fertig</translation>
  </message>
  <message>
   <source>draw something first</source>
   <translation>zeichne erst etwas</translation>
  </message>
  <message>
   <source>no small edit was found</source>
   <translation>keine kleine Änderung gefunden</translation>
  </message>
  <message>
   <source>Why this digit?</source>
   <translation>Warum diese Ziffer?</translation>
  </message>
  <message>
   <source>Why this class?</source>
   <translation>Warum diese Klasse?</translation>
  </message>
  <message>
   <source>Saliency</source>
   <translation>Salienz</translation>
  </message>
  <message>
   <source>How the class's logit would rise (red) or fall (blue) if a pixel got brighter: its gradient.
Where numbers in a pooling window are equal, as on an empty background, the first of them counts as the largest.</source>
   <translation>Wie das Logit der Klasse stiege (rot) oder fiele (blau), wenn ein Pixel heller würde: sein Gradient.
Wo Zahlen eines Pooling-Fensters gleich sind, wie auf leerem Grund, zählt die erste als die größte.</translation>
  </message>
  <message>
   <source>Grad-CAM</source>
   <translation>Grad-CAM</translation>
  </message>
  <message>
   <source>Where the maps of a late convolution that speak for the class are active</source>
   <translation>Wo die Karten einer späten Faltung tätig sind, die für die Klasse sprechen</translation>
  </message>
  <message>
   <source>Contributions</source>
   <translation>Beiträge</translation>
  </message>
  <message>
   <source>What each pixel adds to the class's logit (red) or takes from it (blue): integrated gradients</source>
   <translation>Was jeder Pixel zum Logit der Klasse beiträgt (rot) oder wegnimmt (blau): integrierte Gradienten</translation>
  </message>
  <message>
   <source>Occlusion</source>
   <translation>Abdecken</translation>
  </message>
  <message>
   <source>How much less probable the class gets when a square of 5×5 pixels is covered</source>
   <translation>Wie viel unwahrscheinlicher die Klasse wird, wenn ein Quadrat von 5×5 Pixeln abgedeckt ist</translation>
  </message>
  <message>
   <source>Smallest edit</source>
   <translation>Kleinste Änderung</translation>
  </message>
  <message>
   <source>Ink to add (red) and to take away (blue) so that the network reads something else</source>
   <translation>Tinte, die dazu (rot) oder weg (blau) muss, damit das Netz etwas anderes liest</translation>
  </message>
  <message>
   <source>Why</source>
   <translation>Warum</translation>
  </message>
  <message>
   <source>Ask about another class: why is it not that one?</source>
   <translation>Nach einer anderen Klasse fragen: warum nicht die?</translation>
  </message>
  <message>
   <source>Class to ask about</source>
   <translation>Klasse, nach der gefragt wird</translation>
  </message>
  <message>
   <source>Stop working out what is missing</source>
   <translation>Aufhören zu berechnen, was noch fehlt</translation>
  </message>
  <message>
   <source>What would change its mind?</source>
   <translation>Was würde es umstimmen?</translation>
  </message>
  <message>
   <source>Stop searching</source>
   <translation>Suche beenden</translation>
  </message>
  <message>
   <source>Look for the smallest edit that changes the answer</source>
   <translation>Nach der kleinsten Änderung suchen, die die Antwort ändert</translation>
  </message>
  <message>
   <source>Why not</source>
   <translation>Warum nicht</translation>
  </message>
  <message>
   <source>draw something</source>
   <translation>zeichne etwas</translation>
  </message>
  <message>
   <source>working it out</source>
   <translation>wird berechnet</translation>
  </message>
  <message>
   <source>no convolution in this network</source>
   <translation>keine Faltung in diesem Netz</translation>
  </message>
  <message>
   <source>all pixels: {sum}</source>
   <translation>alle Pixel: {sum}</translation>
  </message>
  <message>
   <source>up to {share} less sure</source>
   <translation>bis {share} weniger sicher</translation>
  </message>
  <message>
   <source>press the button to find it</source>
   <translation>drücke den Knopf, um sie zu finden</translation>
  </message>
  <message>
   <source>searching, {value:.0f} %</source>
   <translation>sucht, {value:.0f} %</translation>
  </message>
  <message>
   <source>reads {name} ({sure})</source>
   <translation>liest {name} ({sure})</translation>
  </message>
  <message>
   <source>{reads}, {pixels} pixels</source>
   <translation>{reads}, {pixels} Pixel</translation>
  </message>
  <message>
   <source>none, nearest {answer}</source>
   <translation>keine, am nächsten {answer}</translation>
  </message>
  <message>
   <source>its answer: {answer}</source>
   <translation>Antwort: {answer}</translation>
  </message>
  <message>
   <source>This cannot be changed</source>
   <translation>Das kann nicht geändert werden</translation>
  </message>
  <message>
   <source>Change it</source>
   <translation>Ändern</translation>
  </message>
  <message>
   <source>Change the network by hand</source>
   <translation>Das Netz von Hand ändern</translation>
  </message>
  <message>
   <source>Switch off</source>
   <translation>Ausschalten</translation>
  </message>
  <message>
   <source>Switch the pinned map off, or on again</source>
   <translation>Die angeheftete Karte aus- oder wieder einschalten</translation>
  </message>
  <message>
   <source>Scale of the pinned map</source>
   <translation>Stärke der angehefteten Karte</translation>
  </message>
  <message>
   <source>Scale the pinned map from 0 to 3 times</source>
   <translation>Die angeheftete Karte von 0- bis 3-mal verstärken</translation>
  </message>
  <message>
   <source>Weight</source>
   <translation>Gewicht</translation>
  </message>
  <message>
   <source>row</source>
   <translation>Zeile</translation>
  </message>
  <message>
   <source>column</source>
   <translation>Spalte</translation>
  </message>
  <message>
   <source>input map</source>
   <translation>Eingang Karte</translation>
  </message>
  <message>
   <source>The weight of the pinned filter's kernel at this row, column and input map</source>
   <translation>Das Gewicht im Kern des angehefteten Filters bei dieser Zeile, Spalte und Eingangskarte</translation>
  </message>
  <message>
   <source>Take the last change back</source>
   <translation>Die letzte Änderung zurücknehmen</translation>
  </message>
  <message>
   <source>Undo all</source>
   <translation>Alles zurück</translation>
  </message>
  <message>
   <source>The network as it was</source>
   <translation>Das Netz, wie es war</translation>
  </message>
  <message>
   <source>Weight's {name}</source>
   <translation>{name} des Gewichts</translation>
  </message>
  <message>
   <source>The weight's {name}</source>
   <translation>{name} des Gewichts</translation>
  </message>
  <message>
   <source>Switch on</source>
   <translation>Einschalten</translation>
  </message>
  <message>
   <source>{replace}'s weight</source>
   <translation>Gewicht von {replace}</translation>
  </message>
  <message>
   <source>{more} more before</source>
   <translation>{more} weitere davor</translation>
  </message>
  <message>
   <source>nothing changed</source>
   <translation>nichts geändert</translation>
  </message>
  <message>
   <source>without the changes {without}, with them {with_}</source>
   <translation>ohne die Änderungen {without}, mit ihnen {with_}</translation>
  </message>
  <message>
   <source>reading the test images</source>
   <translation>die Testbilder werden gelesen</translation>
  </message>
  <message>
   <source>stopped</source>
   <translation>gestoppt</translation>
  </message>
  <message>
   <source> · two axes show {value:.0f} % of the variance</source>
   <translation> · zwei Achsen zeigen {value:.0f} % der Streuung</translation>
  </message>
  <message>
   <source>Among the others</source>
   <translation>Unter den anderen</translation>
  </message>
  <message>
   <source>Map of the test images</source>
   <translation>Karte der Testbilder</translation>
  </message>
  <message>
   <source>Each point is a test image, coloured by its class; near points look alike to the network</source>
   <translation>Jeder Punkt ist ein Testbild in der Farbe seiner Klasse; nahe Punkte sehen für das Netz gleich aus</translation>
  </message>
  <message>
   <source>Nearest test images</source>
   <translation>Nächste Testbilder</translation>
  </message>
  <message>
   <source>nearest test images</source>
   <translation>nächste Testbilder</translation>
  </message>
  <message>
   <source>The drawing among the test images</source>
   <translation>Die Zeichnung unter den Testbildern</translation>
  </message>
  <message>
   <source>Look again</source>
   <translation>Noch einmal</translation>
  </message>
  <message>
   <source>Work the map out again with the weights as they are now</source>
   <translation>Die Karte mit den jetzigen Gewichten neu berechnen</translation>
  </message>
  <message>
   <source>{words} · the weights have changed: look again</source>
   <translation>{words} · die Gewichte haben sich geändert: noch einmal ansehen</translation>
  </message>
  <message>
   <source>looking through the test images</source>
   <translation>die Testbilder werden durchgesehen</translation>
  </message>
  <message>
   <source>most excited of {words}</source>
   <translation>am stärksten von {words}</translation>
  </message>
  <message>
   <source>asleep in all {words}, such as</source>
   <translation>schläft bei allen {words}, etwa</translation>
  </message>
  <message>
   <source>What it likes</source>
   <translation>Was sie mag</translation>
  </message>
  <message>
   <source>Images that excite the pinned map most</source>
   <translation>Bilder, die die angeheftete Karte am stärksten anregen</translation>
  </message>
  <message>
   <source>made for it</source>
   <translation>für sie gemacht</translation>
  </message>
  <message>
   <source>What the pinned map likes</source>
   <translation>Was die angeheftete Karte mag</translation>
  </message>
  <message>
   <source>Look again with the weights as they are now</source>
   <translation>Mit den jetzigen Gewichten noch einmal ansehen</translation>
  </message>
  <message>
   <source>Pin a map or a unit to see what it likes</source>
   <translation>Hefte eine Karte oder Einheit an, um zu sehen, was sie mag</translation>
  </message>
  <message>
   <source>saving …</source>
   <translation>sichert …</translation>
  </message>
  <message>
   <source>No run has kept weights to look at. Train a network.</source>
   <translation>Kein Lauf hat Gewichte aufgehoben. Trainiere ein Netz.</translation>
  </message>
  <message>
   <source>This run has kept too few weights for a film. Record one next time.</source>
   <translation>Dieser Lauf hat zu wenige Gewichte für einen Film aufgehoben. Nimm beim nächsten Mal einen auf.</translation>
  </message>
  <message>
   <source>reading the run</source>
   <translation>liest den Lauf</translation>
  </message>
  <message>
   <source>saving … {share:.0f} %</source>
   <translation>sichert … {share:.0f} %</translation>
  </message>
  <message>
   <source>The film is saved: {count} pictures</source>
   <translation>Der Film ist gesichert: {count} Bilder</translation>
  </message>
  <message>
   <source>The film is not saved</source>
   <translation>Der Film ist nicht gesichert</translation>
  </message>
  <message>
   <source>Film of learning</source>
   <translation>Film des Lernens</translation>
  </message>
  <message>
   <source>What the network makes of the drawing and of test images, at this step of the run</source>
   <translation>Was das Netz bei diesem Schritt des Laufs aus der Zeichnung und aus Testbildern macht</translation>
  </message>
  <message>
   <source>Animation (*.gif);;Film (*.mp4);;Pictures in a folder (*)</source>
   <translation>Animation (*.gif);;Film (*.mp4);;Bilder in einem Ordner (*)</translation>
  </message>
  <message>
   <source>Save the film</source>
   <translation>Den Film sichern</translation>
  </message>
  <message>
   <source>The film was not saved</source>
   <translation>Der Film wurde nicht gesichert</translation>
  </message>
  <message>
   <source>{name} is there already.</source>
   <translation>{name} gibt es schon.</translation>
  </message>
  <message>
   <source>Film</source>
   <translation>Film</translation>
  </message>
  <message>
   <source>The film of learning</source>
   <translation>Der Film des Lernens</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>Lauf</translation>
  </message>
  <message>
   <source>The run whose film is shown</source>
   <translation>Der Lauf, dessen Film zu sehen ist</translation>
  </message>
  <message>
   <source>Record</source>
   <translation>Aufnehmen</translation>
  </message>
  <message>
   <source>Keep the weights of these steps, of the run that goes and of those to come</source>
   <translation>Die Gewichte dieser Schritte behalten, vom laufenden Lauf und von späteren</translation>
  </message>
  <message>
   <source>every {count} steps</source>
   <translation>alle {count} Schritte</translation>
  </message>
  <message>
   <source>each epoch only</source>
   <translation>nur jede Epoche</translation>
  </message>
  <message>
   <source>Make the film anew, with what is drawn now</source>
   <translation>Den Film neu machen, mit der jetzigen Zeichnung</translation>
  </message>
  <message>
   <source>record</source>
   <translation>aufnehmen</translation>
  </message>
  <message>
   <source>Play</source>
   <translation>Abspielen</translation>
  </message>
  <message>
   <source>Show one step after the other</source>
   <translation>Einen Schritt nach dem anderen zeigen</translation>
  </message>
  <message>
   <source>Step of the film</source>
   <translation>Schritt des Films</translation>
  </message>
  <message>
   <source>Step of the run; arrow keys go one picture on or back</source>
   <translation>Schritt des Laufs; Pfeiltasten gehen ein Bild vor oder zurück</translation>
  </message>
  <message>
   <source>Save …</source>
   <translation>Sichern …</translation>
  </message>
  <message>
   <source>As GIF, as MP4 or as pictures</source>
   <translation>Als GIF, als MP4 oder als Bilder</translation>
  </message>
  <message>
   <source>{title} · {when} · {count} pictures</source>
   <translation>{title} · {when} · {count} Bilder</translation>
  </message>
  <message>
   <source>Hold</source>
   <translation>Anhalten</translation>
  </message>
  <message>
   <source>step {step}</source>
   <translation>Schritt {step}</translation>
  </message>
  <message>
   <source>{words} · the drawing has changed: look again</source>
   <translation>{words} · andere Zeichnung: sieh neu hin</translation>
  </message>
  <message>
   <source>epoch {epoch:.2f}</source>
   <translation>Epoche {epoch:.2f}</translation>
  </message>
  <message>
   <source>{share:.1f} % of {n} test images right</source>
   <translation>{share:.1f} % von {n} Testbildern richtig</translation>
  </message>
  <message>
   <source>diverged: not all weights are numbers</source>
   <translation>auseinandergelaufen: nicht alle Gewichte sind Zahlen</translation>
  </message>
  <message>
   <source>the image</source>
   <translation>das Bild</translation>
  </message>
  <message>
   <source>kernels of the first convolution</source>
   <translation>Kerne der ersten Faltung</translation>
  </message>
  <message>
   <source>maps after {layer}</source>
   <translation>Karten nach {layer}</translation>
  </message>
  <message>
   <source>{count} test images on a plane</source>
   <translation>{count} Testbilder in der Ebene</translation>
  </message>
  <message>
   <source>is (row) · is read as (column)</source>
   <translation>ist (Zeile) · gelesen als (Spalte)</translation>
  </message>
  <message>
   <source>{count} {words}</source>
   <translation>{count} {words}</translation>
  </message>
  <message>
   <source>{name} is another kind of file and was left alone. Choose another name.</source>
   <translation>{name} ist eine andere Art Datei und blieb, wie sie war. Wähle einen anderen Namen.</translation>
  </message>
  <message>
   <source>Kernels</source>
   <translation>Kerne</translation>
  </message>
  <message>
   <source>weights now</source>
   <translation>Gewichte jetzt</translation>
  </message>
  <message>
   <source>change since the start</source>
   <translation>Änderung seit dem Anfang</translation>
  </message>
  <message>
   <source>one scale for all</source>
   <translation>eine Skala</translation>
  </message>
  <message>
   <source>a scale for each kernel</source>
   <translation>eine Skala je Kern</translation>
  </message>
  <message>
   <source>no convolution before this layer</source>
   <translation>keine Faltung vor dieser Schicht</translation>
  </message>
  <message>
   <source>Kernels of the pinned convolution</source>
   <translation>Kerne der angehefteten Faltung</translation>
  </message>
  <message>
   <source>What is shown of the kernels</source>
   <translation>Was von den Kernen gezeigt wird</translation>
  </message>
  <message>
   <source>Colour scale of the kernels</source>
   <translation>Farbskala der Kerne</translation>
  </message>
  <message>
   <source>Over which weights the colours run: the whole layer's, or each kernel's own</source>
   <translation>Über welche Gewichte die Farben laufen: die der ganzen Schicht oder die jedes Kerns</translation>
  </message>
  <message>
   <source>changed by {value:.0f} % since the start</source>
   <translation>um {value:.0f} % geändert seit dem Anfang</translation>
  </message>
  <message>
   <source>as it was opened</source>
   <translation>wie beim Öffnen</translation>
  </message>
  <message>
   <source>filter {number}: its kernels for each of {inputs} input maps · {span}</source>
   <translation>Filter {number}: seine Kerne für jede von {inputs} Eingangskarten · {span}</translation>
  </message>
  <message>
   <source>filter {number} · {span}</source>
   <translation>Filter {number} · {span}</translation>
  </message>
  <message>
   <source>filter {number}</source>
   <translation>Filter {number}</translation>
  </message>
  <message>
   <source>input map {number}: in {filters} filters · all weights {span}</source>
   <translation>Eingangskarte {number}: in {filters} Filtern · alle Gewichte {span}</translation>
  </message>
  <message>
   <source>input map {number} · all weights {span}</source>
   <translation>Eingangskarte {number} · alle Gewichte {span}</translation>
  </message>
  <message>
   <source>input map {number} · {span}</source>
   <translation>Eingangskarte {number} · {span}</translation>
  </message>
  <message>
   <source>input map {number}</source>
   <translation>Eingangskarte {number}</translation>
  </message>
  <message>
   <source>{low} to {high}</source>
   <translation>{low} bis {high}</translation>
  </message>
  <message>
   <source>Images of the batch</source>
   <translation>Bilder des Stapels</translation>
  </message>
  <message>
   <source>The batch</source>
   <translation>Der Stapel</translation>
  </message>
  <message>
   <source>{n} images go through the network at once</source>
   <translation>{n} Bilder gehen zugleich durch das Netz</translation>
  </message>
  <message>
   <source>Loss of every image</source>
   <translation>Verlust jedes Bildes</translation>
  </message>
  <message>
   <source>worst first; the loss of the batch is their mean</source>
   <translation>schlimmste zuerst; der Verlust des Stapels ist ihr Mittel</translation>
  </message>
  <message>
   <source>dW is a sum over the batch</source>
   <translation>dW ist eine Summe über den Stapel</translation>
  </message>
  <message>
   <source>each image pulls at it, the strongest first</source>
   <translation>jedes Bild zieht daran, das stärkste zuerst</translation>
  </message>
  <message>
   <source>{shown} of {n} are shown</source>
   <translation>{shown} von {n} werden gezeigt</translation>
  </message>
  <message>
   <source>these {k}: {here} + {others} others: {rest} = {total}, ÷ {n} = {g}</source>
   <translation>diese {k}: {here} + {others} andere: {rest} = {total}, ÷ {n} = {g}</translation>
  </message>
  <message>
   <source>all {k} together: {total}, ÷ {n} = {g}</source>
   <translation>alle {k} zusammen: {total}, ÷ {n} = {g}</translation>
  </message>
  <message>
   <source>{n} units</source>
   <translation>{n} Einheiten</translation>
  </message>
  <message>
   <source>{share:.0f} % won</source>
   <translation>{share:.0f} % gewonnen</translation>
  </message>
  <message>
   <source>{share:.0f} % kept</source>
   <translation>{share:.0f} % behalten</translation>
  </message>
  <message>
   <source>{share:.0f} % open</source>
   <translation>{share:.0f} % offen</translation>
  </message>
  <message>
   <source>The step, layer by layer</source>
   <translation>Der Schritt, Schicht für Schicht</translation>
  </message>
  <message>
   <source>Forward</source>
   <translation>Vorwärts</translation>
  </message>
  <message>
   <source>values →</source>
   <translation>Werte →</translation>
  </message>
  <message>
   <source>Gates</source>
   <translation>Tore</translation>
  </message>
  <message>
   <source>what may pass</source>
   <translation>was durchdarf</translation>
  </message>
  <message>
   <source>Backward</source>
   <translation>Rückwärts</translation>
  </message>
  <message>
   <source>← gradients</source>
   <translation>← Gradienten</translation>
  </message>
  <message>
   <source>softmax</source>
   <translation>softmax</translation>
  </message>
  <message>
   <source>p, target {name}</source>
   <translation>p, Ziel {name}</translation>
  </message>
  <message>
   <source>batch {loss}</source>
   <translation>Stapel {loss}</translation>
  </message>
  <message>
   <source>← p − target</source>
   <translation>← p − Ziel</translation>
  </message>
  <message>
   <source>starts here</source>
   <translation>beginnt hier</translation>
  </message>
  <message>
   <source>There are no images here that this network could learn from. Open some in Data.</source>
   <translation>Hier sind keine Bilder, aus denen dieses Netz lernen könnte. Öffne welche in Daten.</translation>
  </message>
  <message>
   <source>How it learns</source>
   <translation>Wie es lernt</translation>
  </message>
  <message>
   <source>What the optimizer makes of the gradient</source>
   <translation>Was der Optimierer aus dem Gradienten macht</translation>
  </message>
  <message>
   <source>{name} makes a step of it</source>
   <translation>{name} macht einen Schritt daraus</translation>
  </message>
  <message>
   <source>The update</source>
   <translation>Die Anpassung</translation>
  </message>
  <message>
   <source>weight</source>
   <translation>Gewicht</translation>
  </message>
  <message>
   <source>sum ÷ {n}</source>
   <translation>Summe ÷ {n}</translation>
  </message>
  <message>
   <source>Before and after</source>
   <translation>Vorher und nachher</translation>
  </message>
  <message>
   <source>Take the step</source>
   <translation>Schritt machen</translation>
  </message>
  <message>
   <source>Let the network make this step, and tell the next one (Enter)</source>
   <translation>Das Netz diesen Schritt machen lassen und den nächsten erzählen (Enter)</translation>
  </message>
  <message>
   <source>Try the step</source>
   <translation>Schritt probieren</translation>
  </message>
  <message>
   <source>it is {name}</source>
   <translation>es ist {name}</translation>
  </message>
  <message>
   <source>read as {name}</source>
   <translation>gelesen als {name}</translation>
  </message>
  <message>
   <source>loss of the batch {before} → {after}</source>
   <translation>Verlust des Stapels {before} → {after}</translation>
  </message>
  <message>
   <source>loss of the batch {before} → {after}, both without dropout</source>
   <translation>Verlust des Stapels {before} → {after}, beide ohne Dropout</translation>
  </message>
  <message>
   <source>Loss</source>
   <translation>Verlust</translation>
  </message>
  <message>
   <source>Update</source>
   <translation>Anpassung</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>Pause</translation>
  </message>
  <message>
   <source>Hold the run, to walk through one step</source>
   <translation>Den Lauf anhalten, um durch einen Schritt zu gehen</translation>
  </message>
  <message>
   <source>Batch</source>
   <translation>Stapel</translation>
  </message>
  <message>
   <source>After</source>
   <translation>Danach</translation>
  </message>
  <message>
   <source>← and → walk from part to part</source>
   <translation>← und → gehen von Teil zu Teil</translation>
  </message>
  <message>
   <source>Optimizer to practise with</source>
   <translation>Optimierer zum Üben</translation>
  </message>
  <message>
   <source>Practise with another optimizer, from the network as it is</source>
   <translation>Mit einem anderen Optimierer üben, vom jetzigen Netz aus</translation>
  </message>
  <message>
   <source>Weight that is told</source>
   <translation>Gewicht, von dem erzählt wird</translation>
  </message>
  <message>
   <source>The weight that is told. Pin a map on the strip, or click a cell of a picture below</source>
   <translation>Das Gewicht, von dem erzählt wird. Hefte im Streifen eine Karte an oder klicke unten auf eine Zelle</translation>
  </message>
  <message>
   <source>There is nothing to tell yet.</source>
   <translation>Es gibt noch nichts zu erzählen.</translation>
  </message>
  <message>
   <source>, the worst read</source>
   <translation>, am schlechtesten gelesen</translation>
  </message>
  <message>
   <source>step {step} · image {n} of {count}{worst} · {standing}</source>
   <translation>Schritt {step} · Bild {n} von {count}{worst} · {standing}</translation>
  </message>
  <message>
   <source>{layer}, kernel {source} → {target}, row {row}, column {column}</source>
   <translation>{layer}, Kern {source} → {target}, Zeile {row}, Spalte {column}</translation>
  </message>
  <message>
   <source>{layer}, weight {source} → {target}</source>
   <translation>{layer}, Gewicht {source} → {target}</translation>
  </message>
  <message>
   <source>{layer}, {name} {n}</source>
   <translation>{layer}, {name} {n}</translation>
  </message>
  <message>
   <source>Pause to walk through one step.</source>
   <translation>Halte an, um durch einen Schritt zu gehen.</translation>
  </message>
  <message>
   <source>looking at the next step …</source>
   <translation>der nächste Schritt wird angesehen …</translation>
  </message>
  <message>
   <source>a copy of the network, which nothing happens to</source>
   <translation>eine Kopie; dem Netz selbst geschieht nichts</translation>
  </message>
  <message>
   <source>The batch goes through all layers. This image is labelled {own}; it is read as {read} with {share:.0f} %.</source>
   <translation>Der Stapel geht durch alle Schichten. Dieses Bild hat das Etikett {own}; gelesen wird {read} mit {share:.0f} %.</translation>
  </message>
  <message>
   <source>Dropout is at work.</source>
   <translation>Das Dropout ist am Werk.</translation>
  </message>
  <message>
   <source>The loss of an image is large where the probability of its own class is small: −ln p({own}) = {loss}. The gradient at the logits is simply p − target.</source>
   <translation>Der Verlust eines Bildes ist groß, wo die Wahrscheinlichkeit seiner eigenen Klasse klein ist: −ln p({own}) = {loss}. Der Gradient bei den Logits ist einfach p − Ziel.</translation>
  </message>
  <message>
   <source>The gradient walks back from the loss, layer by layer, and passes only where a gate is open. At this weight this image does {share:.0f} % of all pulling.</source>
   <translation>Der Gradient geht vom Verlust zurück, Schicht für Schicht, und kommt nur durch, wo ein Tor offen ist. An diesem Gewicht zieht dieses Bild {share:.0f} % von allem.</translation>
  </message>
  <message>
   <source>The weight grows by {change}</source>
   <translation>Das Gewicht wächst um {change}</translation>
  </message>
  <message>
   <source>The weight falls by {change}</source>
   <translation>Das Gewicht fällt um {change}</translation>
  </message>
  <message>
   <source>The weight stays as it is</source>
   <translation>Das Gewicht bleibt, wie es ist</translation>
  </message>
  <message>
   <source>{grows}, against its gradient. With all weights moved so, the loss of the batch goes from {before} to {after}.</source>
   <translation>{grows}, gegen seinen Gradienten. Sind alle Gewichte so gerückt, geht der Verlust des Stapels von {before} auf {after}.</translation>
  </message>
  <message>
   <source>The rate of this step is {rate}.</source>
   <translation>Die Lernrate dieses Schritts ist {rate}.</translation>
  </message>
  <message>
   <source>reads from right to left</source>
   <translation>liest sich von rechts nach links</translation>
  </message>
  <message>
   <source>The backward pass</source>
   <translation>Der Rückweg</translation>
  </message>
  <message>
   <source>loss {value}</source>
   <translation>Verlust {value}</translation>
  </message>
  <message>
   <source>no gradient: the loss is 0</source>
   <translation>kein Gradient: der Verlust ist 0</translation>
  </message>
  <message>
   <source>loss falls</source>
   <translation>Verlust fällt</translation>
  </message>
  <message>
   <source>loss grows</source>
   <translation>Verlust wächst</translation>
  </message>
  <message>
   <source>Blue: the loss falls; red: the loss grows; grey: stopped on the way</source>
   <translation>Blau: der Verlust fällt; rot: er wächst; grau: unterwegs gestoppt</translation>
  </message>
  <message>
   <source>Blue: the loss falls if the number grows; red: it grows; grey: a gate lets nothing back</source>
   <translation>Blau: der Verlust fällt, wenn die Zahl wächst; rot: er wächst; grau: ein Tor lässt nichts zurück</translation>
  </message>
  <message>
   <source>Epoch whose weights are shown</source>
   <translation>Epoche, deren Gewichte gezeigt werden</translation>
  </message>
  <message>
   <source>Go back over the epochs of this run; at the right end the view follows the training</source>
   <translation>Über die Epochen dieses Laufs zurückgehen; am rechten Ende folgt die Ansicht dem Training</translation>
  </message>
  <message>
   <source>Network input</source>
   <translation>Eingabe des Netzes</translation>
  </message>
  <message>
   <source>The image that the network receives</source>
   <translation>Das Bild, das das Netz bekommt</translation>
  </message>
  <message>
   <source>row {row}, column {column}: {value}</source>
   <translation>Zeile {row}, Spalte {column}: {value}</translation>
  </message>
  <message>
   <source>Activations of every layer</source>
   <translation>Aktivierungen jeder Schicht</translation>
  </message>
  <message>
   <source>Layers and their feature maps</source>
   <translation>Schichten und ihre Merkmalskarten</translation>
  </message>
  <message>
   <source>each its own</source>
   <translation>jede ihre eigene</translation>
  </message>
  <message>
   <source>{name}, unit {index}: {value:.4f}</source>
   <translation>{name}, Einheit {index}: {value:.4f}</translation>
  </message>
  <message>
   <source>{name}, map {index}: all zero</source>
   <translation>{name}, Karte {index}: alles null</translation>
  </message>
  <message>
   <source>{name}, map {index}: {min:.3f} to {max:.3f}, mean {mean:.3f}</source>
   <translation>{name}, Karte {index}: {min:.3f} bis {max:.3f}, Mittel {mean:.3f}</translation>
  </message>
  <message>
   <source>{name}, unit {index}: stopped by the next layer</source>
   <translation>{name}, Einheit {index}: von der nächsten Schicht gestoppt</translation>
  </message>
  <message>
   <source>{name}, unit {index}: {v}</source>
   <translation>{name}, Einheit {index}: {v}</translation>
  </message>
  <message>
   <source>{name}, map {index}: gradients from {min} to {max}, {share:.0f} % stopped</source>
   <translation>{name}, Karte {index}: Gradienten von {min} bis {max}, {share:.0f} % gestoppt</translation>
  </message>
  <message>
   <source>p − target</source>
   <translation>p − Ziel</translation>
  </message>
  <message>
   <source>gate</source>
   <translation>Tor</translation>
  </message>
  <message>
   <source>{rate:.0f} %, rests now</source>
   <translation>{rate:.0f} %, ruht jetzt</translation>
  </message>
  <message>
   <source>one long row</source>
   <translation>eine lange Reihe</translation>
  </message>
  <message>
   <source>sums to 1</source>
   <translation>ergibt zusammen 1</translation>
  </message>
  <message>
   <source>Fashion</source>
   <translation>Fashion</translation>
  </message>
  <message>
   <source>Pens</source>
   <translation>Stifte</translation>
  </message>
  <message>
   <source>Mixed</source>
   <translation>Gemischt</translation>
  </message>
  <message>
   <source>Warm-up</source>
   <translation>Aufwärmen</translation>
  </message>
  <message>
   <source>So many epochs the rate rises from nothing first</source>
   <translation>So viele Epochen steigt die Rate zuerst von nichts an</translation>
  </message>
  <message>
   <source>Momentum</source>
   <translation>Momentum</translation>
  </message>
  <message>
   <source>How much of the last step is in the next one</source>
   <translation>Wie viel vom letzten Schritt im nächsten steckt</translation>
  </message>
  <message>
   <source>Beta 1</source>
   <translation>Beta 1</translation>
  </message>
  <message>
   <source>How slowly the mean of the gradients forgets</source>
   <translation>Wie langsam das Mittel der Gradienten vergisst</translation>
  </message>
  <message>
   <source>Beta 2</source>
   <translation>Beta 2</translation>
  </message>
  <message>
   <source>How slowly the mean of the squared gradients forgets</source>
   <translation>Wie langsam das Mittel der quadrierten Gradienten vergisst</translation>
  </message>
  <message>
   <source>Memory</source>
   <translation>Gedächtnis</translation>
  </message>
  <message>
   <source>Decay</source>
   <translation>Abnahme</translation>
  </message>
  <message>
   <source>How strongly each step pulls the weights towards zero</source>
   <translation>Wie stark jeder Schritt die Gewichte zur Null zieht</translation>
  </message>
  <message>
   <source>Data set</source>
   <translation>Datensatz</translation>
  </message>
  <message>
   <source>What to learn from; MNIST and its like are downloaded once</source>
   <translation>Woraus gelernt wird; MNIST und ähnliche werden einmal geholt</translation>
  </message>
  <message>
   <source>Network</source>
   <translation>Netz</translation>
  </message>
  <message>
   <source>The network to train</source>
   <translation>Das Netz, das trainiert wird</translation>
  </message>
  <message>
   <source>Optimizer</source>
   <translation>Optimierer</translation>
  </message>
  <message>
   <source>How weights are changed by their gradients</source>
   <translation>Wie Gewichte durch ihre Gradienten geändert werden</translation>
  </message>
  <message>
   <source>Augmentation</source>
   <translation>Abwandlung</translation>
  </message>
  <message>
   <source>Random turns, shifts and bends of the training images</source>
   <translation>Zufällige Drehungen, Verschiebungen und Biegungen der Trainingsbilder</translation>
  </message>
  <message>
   <source>Schedule</source>
   <translation>Zeitplan</translation>
  </message>
  <message>
   <source>How the learning rate changes over the run</source>
   <translation>Wie sich die Lernrate im Lauf ändert</translation>
  </message>
  <message>
   <source>Learning rate</source>
   <translation>Lernrate</translation>
  </message>
  <message>
   <source>The highest learning rate, for example 0.002</source>
   <translation>Die höchste Lernrate, zum Beispiel 0.002</translation>
  </message>
  <message>
   <source>Batch size</source>
   <translation>Stapelgröße</translation>
  </message>
  <message>
   <source>Images a step</source>
   <translation>Bilder je Schritt</translation>
  </message>
  <message>
   <source>Epochs</source>
   <translation>Epochen</translation>
  </message>
  <message>
   <source>Passes over the training images</source>
   <translation>Durchgänge durch die Trainingsbilder</translation>
  </message>
  <message>
   <source>Seed</source>
   <translation>Startzahl</translation>
  </message>
  <message>
   <source>Same seed, same curve</source>
   <translation>Gleiche Startzahl, gleiche Kurve</translation>
  </message>
  <message>
   <source>Patience</source>
   <translation>Geduld</translation>
  </message>
  <message>
   <source>Epochs without a better validation before the run ends; 0: never</source>
   <translation>Epochen ohne bessere Validierung, bevor der Lauf endet; 0: nie</translation>
  </message>
  <message>
   <source>The learning rate is a number such as 0.002, and {text!r} is none. It stays as it was.</source>
   <translation>Die Lernrate ist eine Zahl wie 0.002, und {text!r} ist keine. Sie bleibt, wie sie war.</translation>
  </message>
  <message>
   <source>The learning rate lies between {LOWEST_RATE:g} and {HIGHEST_RATE:g}, and {text!r} does not.</source>
   <translation>Die Lernrate liegt zwischen {LOWEST_RATE:g} und {HIGHEST_RATE:g}, und {text!r} nicht.</translation>
  </message>
  <message>
   <source>Settings of the run</source>
   <translation>Einstellungen des Laufs</translation>
  </message>
  <message>
   <source>Rate</source>
   <translation>Rate</translation>
  </message>
  <message>
   <source>Augment</source>
   <translation>Abwandeln</translation>
  </message>
  <message>
   <source>Dropout rate of {name}</source>
   <translation>Dropout-Rate von {name}</translation>
  </message>
  <message>
   <source>Share of the units that are off in each step</source>
   <translation>Anteil der Einheiten, die in jedem Schritt aus sind</translation>
  </message>
  <message>
   <source>A network of your own</source>
   <translation>Ein eigenes Netz</translation>
  </message>
  <message>
   <source>Drop {number}</source>
   <translation>Drop {number}</translation>
  </message>
  <message>
   <source>Find a rate</source>
   <translation>Rate suchen</translation>
  </message>
  <message>
   <source>Find a learning rate</source>
   <translation>Eine Lernrate suchen</translation>
  </message>
  <message>
   <source>Some steps with a rising rate, on a copy of the network</source>
   <translation>Einige Schritte mit steigender Rate, auf einer Kopie des Netzes</translation>
  </message>
  <message>
   <source>This cannot be trained</source>
   <translation>Das kann nicht trainiert werden</translation>
  </message>
  <message>
   <source>{unit} over epochs</source>
   <translation>{unit} über Epochen</translation>
  </message>
  <message>
   <source>90–100</source>
   <translation>90–100</translation>
  </message>
  <message>
   <source>log</source>
   <translation>log</translation>
  </message>
  <message>
   <source>Stretch what lies between 90 and 100 %</source>
   <translation>Strecken, was zwischen 90 und 100 % liegt</translation>
  </message>
  <message>
   <source>Logarithmic scale</source>
   <translation>Logarithmische Skala</translation>
  </message>
  <message>
   <source>rate</source>
   <translation>Rate</translation>
  </message>
  <message>
   <source>The learning rate as a curve</source>
   <translation>Die Lernrate als Kurve</translation>
  </message>
  <message>
   <source>show all</source>
   <translation>alles zeigen</translation>
  </message>
  <message>
   <source>The whole run again (double click)</source>
   <translation>Wieder der ganze Lauf (Doppelklick)</translation>
  </message>
  <message>
   <source>epochs</source>
   <translation>Epochen</translation>
  </message>
  <message>
   <source>{title} over epochs</source>
   <translation>{title} über Epochen</translation>
  </message>
  <message>
   <source>{title}: faint for every batch, strong its average; orange on validation images</source>
   <translation>{title}: blass für jeden Stapel, kräftig der Mittelwert; orange auf Validierungsbildern</translation>
  </message>
  <message>
   <source>train</source>
   <translation>Training</translation>
  </message>
  <message>
   <source>validation</source>
   <translation>Validierung</translation>
  </message>
  <message>
   <source>train before</source>
   <translation>Training vorher</translation>
  </message>
  <message>
   <source>validation before</source>
   <translation>Validierung vorher</translation>
  </message>
  <message>
   <source>appears while the network trains</source>
   <translation>erscheint, während das Netz trainiert</translation>
  </message>
  <message>
   <source>&lt;span style="color:{colour}"&gt;●&lt;/span&gt; {shown}</source>
   <translation>&lt;span style="color:{colour}"&gt;●&lt;/span&gt; {shown}</translation>
  </message>
  <message>
   <source>nats</source>
   <translation>Nats</translation>
  </message>
  <message>
   <source>Accuracy</source>
   <translation>Genauigkeit</translation>
  </message>
  <message>
   <source>% right</source>
   <translation>% richtig</translation>
  </message>
  <message>
   <source>Training samples</source>
   <translation>Trainingsproben</translation>
  </message>
  <message>
   <source>fetching samples</source>
   <translation>Proben werden geholt</translation>
  </message>
  <message>
   <source>samples appear once the data are there</source>
   <translation>Proben erscheinen, sobald die Daten da sind</translation>
  </message>
  <message>
   <source>training images, unchanged</source>
   <translation>Trainingsbilder, unverändert</translation>
  </message>
  <message>
   <source>training images as the network sees them</source>
   <translation>Trainingsbilder, wie das Netz sie sieht</translation>
  </message>
  <message>
   <source>Learning rate over the run</source>
   <translation>Lernrate im Lauf</translation>
  </message>
  <message>
   <source>from {first:.2g} over {top:.2g} to {last:.2g}</source>
   <translation>von {first:.2g} über {top:.2g} bis {last:.2g}</translation>
  </message>
  <message>
   <source>What the network makes of it</source>
   <translation>Was das Netz daraus macht</translation>
  </message>
  <message>
   <source>Questions to the network</source>
   <translation>Fragen an das Netz</translation>
  </message>
  <message>
   <source>Time from the drawing to all activations</source>
   <translation>Zeit von der Zeichnung bis zu allen Aktivierungen</translation>
  </message>
  <message>
   <source>Colour scale of the maps</source>
   <translation>Farbskala der Karten</translation>
  </message>
  <message>
   <source>Over which numbers the colours run: each map's own, the whole layer's, or fixed as now</source>
   <translation>Über welche Zahlen die Farben laufen: die jeder Karte, die der ganzen Schicht, oder fest wie jetzt</translation>
  </message>
  <message>
   <source>colours {scale}</source>
   <translation>Farbe {scale}</translation>
  </message>
  <message>
   <source>Activations</source>
   <translation>Aktivierungen</translation>
  </message>
  <message>
   <source>What each layer makes of the drawing (G)</source>
   <translation>Was jede Schicht aus der Zeichnung macht (G)</translation>
  </message>
  <message>
   <source>Gradients</source>
   <translation>Gradienten</translation>
  </message>
  <message>
   <source>How each number of the network pulls at the loss (G)</source>
   <translation>Wie jede Zahl des Netzes am Verlust zieht (G)</translation>
  </message>
  <message>
   <source>Of which class the loss is told: what if the drawing were another one?</source>
   <translation>Für welche Klasse der Verlust gilt: Was, wenn die Zeichnung eine andere wäre?</translation>
  </message>
  <message>
   <source>of the loss, if it is a</source>
   <translation>Verlust bei</translation>
  </message>
  <message>
   <source>Class of the loss</source>
   <translation>Klasse des Verlusts</translation>
  </message>
  <message>
   <source>{elapsed_ms:.1f} ms</source>
   <translation>{elapsed_ms:.1f} ms</translation>
  </message>
  <message>
   <source>input</source>
   <translation>Eingabe</translation>
  </message>
  <message>
   <source>dL / d(pixel)</source>
   <translation>dL / d(Pixel)</translation>
  </message>
  <message>
   <source>Enlarged feature map</source>
   <translation>Vergrößerte Merkmalskarte</translation>
  </message>
  <message>
   <source>The sum behind the gradient of the pinned number</source>
   <translation>Die Summe hinter dem Gradienten der angehefteten Zahl</translation>
  </message>
  <message>
   <source>Draw something, then point at any number to see how its gradient comes back; click to pin it</source>
   <translation>Zeichne etwas, dann zeige auf eine Zahl, um zu sehen, wie ihr Gradient zurückkommt; ein Klick heftet sie an</translation>
  </message>
  <message>
   <source>gradient of {number}</source>
   <translation>Gradient von {number}</translation>
  </message>
  <message>
   <source>gradient of {to}, map {n}</source>
   <translation>Gradient von {to}, Karte {n}</translation>
  </message>
  <message>
   <source>map {n}</source>
   <translation>Karte {n}</translation>
  </message>
  <message>
   <source>map {chosen} sends {sum} back · what each of the {count} maps of {to} sends:</source>
   <translation>Karte {chosen} gibt {sum} zurück · was jede der {count} Karten von {to} gibt:</translation>
  </message>
  <message>
   <source>kernel, turned by 180°</source>
   <translation>Kern, um 180° gedreht</translation>
  </message>
  <message>
   <source>kernel, turned</source>
   <translation>Kern, gedreht</translation>
  </message>
  <message>
   <source>1 where it won</source>
   <translation>1, wo sie gewann</translation>
  </message>
  <message>
   <source>won</source>
   <translation>gewann</translation>
  </message>
  <message>
   <source>its share</source>
   <translation>ihr Anteil</translation>
  </message>
  <message>
   <source>share</source>
   <translation>Anteil</translation>
  </message>
  <message>
   <source>from {to}: its gradients times its kernel, turned by 180°</source>
   <translation>von {to}: seine Gradienten mal sein Kern, um 180° gedreht</translation>
  </message>
  <message>
   <source>from {to}: its gradients times this number's weights</source>
   <translation>von {to}: seine Gradienten mal die Gewichte dieser Zahl</translation>
  </message>
  <message>
   <source>from {to}: the gradients of the windows that it has won</source>
   <translation>von {to}: die Gradienten der Fenster, die sie gewonnen hat</translation>
  </message>
  <message>
   <source>from {to}: an equal share of each window's gradient</source>
   <translation>von {to}: ein gleicher Anteil am Gradienten jedes Fensters</translation>
  </message>
  <message>
   <source>from {to}: the gradient passes where the number is above 0</source>
   <translation>von {to}: der Gradient kommt durch, wo die Zahl über 0 ist</translation>
  </message>
  <message>
   <source>from {to}: the gradient passes, below 0 only a little of it</source>
   <translation>von {to}: der Gradient kommt durch, unter 0 nur ein wenig</translation>
  </message>
  <message>
   <source>from {to}: the gradient times y · (1 − y)</source>
   <translation>von {to}: der Gradient mal y · (1 − y)</translation>
  </message>
  <message>
   <source>from {to}: the gradient times 1 − y²</source>
   <translation>von {to}: der Gradient mal 1 − y²</translation>
  </message>
  <message>
   <source>from {to}: the gradient times scale / √(variance + ε)</source>
   <translation>von {to}: der Gradient mal scale / √(Varianz + ε)</translation>
  </message>
  <message>
   <source>from {to}: the same gradient, dropout rests while it reads</source>
   <translation>von {to}: derselbe Gradient, Dropout ruht beim Lesen</translation>
  </message>
  <message>
   <source>from {to}: the same gradient</source>
   <translation>von {to}: derselbe Gradient</translation>
  </message>
  <message>
   <source>from {to}: its gradients, shared out</source>
   <translation>von {to}: seine Gradienten, aufgeteilt</translation>
  </message>
  <message>
   <source>where the way back begins: p − target</source>
   <translation>wo der Rückweg beginnt: p − Ziel</translation>
  </message>
  <message>
   <source>from {to}</source>
   <translation>von {to}</translation>
  </message>
  <message>
   <source>p = {p}</source>
   <translation>p = {p}</translation>
  </message>
  <message>
   <source>target = {t:g}</source>
   <translation>Ziel = {t:g}</translation>
  </message>
  <message>
   <source>gradient {g}</source>
   <translation>Gradient {g}</translation>
  </message>
  <message>
   <source>times {w}</source>
   <translation>mal {w}</translation>
  </message>
  <message>
   <source>sum of {n} products</source>
   <translation>Summe von {n} Produkten</translation>
  </message>
  <message>
   <source>no window reads it</source>
   <translation>kein Fenster liest sie</translation>
  </message>
  <message>
   <source>{to} lets nothing back here: if this number grew by a little, the answer would stay as it is.</source>
   <translation>{to} lässt hier nichts zurück: Wüchse diese Zahl ein wenig, bliebe die Antwort, wie sie ist.</translation>
  </message>
  <message>
   <source>If this number grew by a little, the loss would grow by {g} times as much.</source>
   <translation>Wüchse diese Zahl ein wenig, wüchse der Verlust {g}-mal so viel.</translation>
  </message>
  <message>
   <source>If this number grew by a little, the loss would fall by {g} times as much.</source>
   <translation>Wüchse diese Zahl ein wenig, fiele der Verlust {g}-mal so viel.</translation>
  </message>
  <message>
   <source>If this number grew by a little, the loss would stay as it is.</source>
   <translation>Wüchse diese Zahl ein wenig, bliebe der Verlust, wie er ist.</translation>
  </message>
  <message>
   <source>It comes back from all places of {to} that had used it: their gradients times the weights that it had met there, so the kernel stands turned by 180°.</source>
   <translation>Er kommt von allen Stellen von {to} zurück, die sie benutzt hatten: deren Gradienten mal die Gewichte, die sie dort getroffen hatte. Darum steht der Kern um 180° gedreht.</translation>
  </message>
  <message>
   <source>Every unit of {to} had used it, and sends its gradient back times the weight between them.</source>
   <translation>Jede Einheit von {to} hatte sie benutzt und gibt ihren Gradienten mal das Gewicht dazwischen zurück.</translation>
  </message>
  <message>
   <source>{to} hands the gradient of a window to the number that had won it, and to no other.</source>
   <translation>{to} gibt den Gradienten eines Fensters der Zahl, die es gewonnen hatte, und keiner anderen.</translation>
  </message>
  <message>
   <source>The way back begins here: the probability, less 1 for the class that it is said to be.</source>
   <translation>Der Rückweg beginnt hier: die Wahrscheinlichkeit, weniger 1 bei der Klasse, die es sein soll.</translation>
  </message>
  <message>
   <source>unit {n}:  {g} × {w} = {p}</source>
   <translation>Einheit {n}:  {g} × {w} = {p}</translation>
  </message>
  <message>
   <source>{count} others:  {sum}</source>
   <translation>{count} andere:  {sum}</translation>
  </message>
  <message>
   <source>The sum</source>
   <translation>Die Summe</translation>
  </message>
  <message>
   <source>The sum behind the pinned number</source>
   <translation>Die Summe hinter der angehefteten Zahl</translation>
  </message>
  <message>
   <source>Point at any number of any layer to see how it comes about; click to pin it</source>
   <translation>Zeige auf irgendeine Zahl einer Schicht, um zu sehen, wie sie zustande kommt; ein Klick heftet sie an</translation>
  </message>
  <message>
   <source>patch of map {channel}</source>
   <translation>Ausschnitt von Karte {channel}</translation>
  </message>
  <message>
   <source>map {channel}</source>
   <translation>Karte {channel}</translation>
  </message>
  <message>
   <source>patch</source>
   <translation>Ausschnitt</translation>
  </message>
  <message>
   <source>map {chosen} adds {sum} · what each of the {count} maps adds:</source>
   <translation>Karte {chosen} gibt {sum} dazu · was jede der {count} Karten dazugibt:</translation>
  </message>
  <message>
   <source>the same number, in one row: it stood at {place}</source>
   <translation>dieselbe Zahl, in einer Reihe: sie stand an {place}</translation>
  </message>
  <message>
   <source>{terms} products</source>
   <translation>{terms} Produkte</translation>
  </message>
  <message>
   <source>sum of {terms} products</source>
   <translation>Summe von {terms} Produkten</translation>
  </message>
  <message>
   <source>+ bias {exact}</source>
   <translation>+ bias {exact}</translation>
  </message>
  <message>
   <source>x = {x}, mean {exact}, variance {exact2}</source>
   <translation>x = {x}, Mittel {exact}, Varianz {exact2}</translation>
  </message>
  <message>
   <source>(x - mean) / √(variance + ε) = {exact}</source>
   <translation>(x - Mittel) / √(Varianz + ε) = {exact}</translation>
  </message>
  <message>
   <source>· scale {exact} + shift {exact2}</source>
   <translation>· scale {exact} + shift {exact2}</translation>
  </message>
  <message>
   <source>slow</source>
   <translation>langsam</translation>
  </message>
  <message>
   <source>medium</source>
   <translation>mittel</translation>
  </message>
  <message>
   <source>fast</source>
   <translation>schnell</translation>
  </message>
  <message>
   <source>The sum behind a number</source>
   <translation>Die Summe hinter einer Zahl</translation>
  </message>
  <message>
   <source>Move the pin through the whole map, row by row (Ctrl+L)</source>
   <translation>Die Nadel durch die ganze Karte führen, Zeile für Zeile (Strg+L)</translation>
  </message>
  <message>
   <source>Speed of the kernel</source>
   <translation>Tempo des Kerns</translation>
  </message>
  <message>
   <source>How fast the kernel slides</source>
   <translation>Wie schnell der Kern gleitet</translation>
  </message>
  <message>
   <source>Slide the kernel</source>
   <translation>Kern gleiten lassen</translation>
  </message>
  <message>
   <source>Slide the window</source>
   <translation>Fenster gleiten lassen</translation>
  </message>
  <message>
   <source>Go through the map</source>
   <translation>Durch die Karte gehen</translation>
  </message>
  <message>
   <source>unit {value}</source>
   <translation>Einheit {value}</translation>
  </message>
  <message>
   <source>map {channel}, row {row}, column {column}</source>
   <translation>Karte {channel}, Zeile {row}, Spalte {column}</translation>
  </message>
  <message>
   <source>patch · kernel + bias</source>
   <translation>Ausschnitt · Kern + Bias</translation>
  </message>
  <message>
   <source>input · weights + bias</source>
   <translation>Eingabe · Gewichte + Bias</translation>
  </message>
  <message>
   <source>mean of the window</source>
   <translation>Mittelwert des Fensters</translation>
  </message>
  <message>
   <source>largest of the window</source>
   <translation>Größte des Fensters</translation>
  </message>
  <message>
   <source>(x - mean) / √(variance + ε) · scale + shift</source>
   <translation>(x - Mittel) / √(Varianz + ε) · scale + shift</translation>
  </message>
  <message>
   <source>the same number, in one row</source>
   <translation>dieselbe Zahl, in einer Reihe</translation>
  </message>
  <message>
   <source>the same number: dropout only works while training</source>
   <translation>dieselbe Zahl: Dropout wirkt nur beim Training</translation>
  </message>
  <message>
   <source>A room expected one of {names}, received {name!r}.</source>
   <translation>Ein Raum erwartet eines von {names}, bekommen: {name!r}.</translation>
  </message>
  <message>
   <source>Live</source>
   <translation>Live</translation>
  </message>
  <message>
   <source>layer</source>
   <translation>Schicht</translation>
  </message>
  <message>
   <source>options</source>
   <translation>Optionen</translation>
  </message>
  <message>
   <source>output</source>
   <translation>Ausgabe</translation>
  </message>
  <message>
   <source>parameters</source>
   <translation>Parameter</translation>
  </message>
  <message>
   <source>mult.-adds</source>
   <translation>Mal-plus</translation>
  </message>
  <message>
   <source>KB/image</source>
   <translation>KB/Bild</translation>
  </message>
  <message>
   <source>sees</source>
   <translation>sieht</translation>
  </message>
  <message>
   <source>{n} parameters in all</source>
   <translation>{n} Parameter insgesamt</translation>
  </message>
  <message>
   <source>of the {n} layers that fit</source>
   <translation>der {n} Schichten, die passen</translation>
  </message>
  <message>
   <source>of {n} layers</source>
   <translation>von {n} Schichten</translation>
  </message>
  <message>
   <source>Total</source>
   <translation>Summe</translation>
  </message>
  <message>
   <source>your last one</source>
   <translation>dein letztes</translation>
  </message>
  <message>
   <source>This network cannot be opened</source>
   <translation>Dieses Netz kann nicht geöffnet werden</translation>
  </message>
  <message>
   <source>Another kind of file has the name {name}, so nothing was written. Choose another.</source>
   <translation>Eine Datei anderer Art heißt {name}, darum wurde nichts geschrieben. Wähle einen anderen Namen.</translation>
  </message>
  <message>
   <source>The network cannot be saved here</source>
   <translation>Das Netz kann hier nicht gespeichert werden</translation>
  </message>
  <message>
   <source>A network has at least one layer</source>
   <translation>Ein Netz hat mindestens eine Schicht</translation>
  </message>
  <message>
   <source>not here yet; MNIST's shape is taken</source>
   <translation>noch nicht da; es gilt die Form von MNIST</translation>
  </message>
  <message>
   <source>a run goes on: stop it to measure</source>
   <translation>ein Lauf ist im Gange: anhalten, um zu messen</translation>
  </message>
  <message>
   <source>measuring …</source>
   <translation>misst …</translation>
  </message>
  <message>
   <source>{n} images/s here</source>
   <translation>{n} Bilder/s hier</translation>
  </message>
  <message>
   <source>A run goes on. Stop it, then train this network.</source>
   <translation>Ein Lauf ist im Gange. Halte ihn an, dann trainiere dieses Netz.</translation>
  </message>
  <message>
   <source>This network does not fit yet, so nothing is trained. See the layer that is marked.</source>
   <translation>Dieses Netz passt noch nicht, darum wird nichts trainiert. Sieh die markierte Schicht an.</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>Kopie</translation>
  </message>
  <message>
   <source>The same layer once more (Ctrl+Ins)</source>
   <translation>Dieselbe Schicht noch einmal (Strg+Einfg)</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Löschen</translation>
  </message>
  <message>
   <source>Take the layer out (Del)</source>
   <translation>Die Schicht herausnehmen (Entf)</translation>
  </message>
  <message>
   <source>Kind</source>
   <translation>Art</translation>
  </message>
  <message>
   <source>What the layer does</source>
   <translation>Was die Schicht tut</translation>
  </message>
  <message>
   <source>by its kind</source>
   <translation>nach ihrer Art</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>Name</translation>
  </message>
  <message>
   <source>A name of its own, else it is made from the kind</source>
   <translation>Ein eigener Name, sonst kommt er von der Art</translation>
  </message>
  <message>
   <source>classes</source>
   <translation>Klassen</translation>
  </message>
  <message>
   <source>As many units as classes</source>
   <translation>So viele Einheiten wie Klassen</translation>
  </message>
  <message>
   <source>As many as the data have classes</source>
   <translation>So viele, wie die Daten Klassen haben</translation>
  </message>
  <message>
   <source>{name}: does not fit. {problem}</source>
   <translation>{name}: passt nicht. {problem}</translation>
  </message>
  <message>
   <source>{name}: behind a layer that does not fit</source>
   <translation>{name}: hinter einer Schicht, die nicht passt</translation>
  </message>
  <message>
   <source>{name}: output {shape}, {n} parameters</source>
   <translation>{name}: Ausgabe {shape}, {n} Parameter</translation>
  </message>
  <message>
   <source>does not fit</source>
   <translation>passt nicht</translation>
  </message>
  <message>
   <source>Layers of the network</source>
   <translation>Schichten des Netzes</translation>
  </message>
  <message>
   <source>Fits with</source>
   <translation>Passt mit</translation>
  </message>
  <message>
   <source>No single change that is known would mend it.</source>
   <translation>Keine einzelne bekannte Änderung würde es richten.</translation>
  </message>
  <message>
   <source>Mend it: {words}</source>
   <translation>Richten: {words}</translation>
  </message>
  <message>
   <source>This was tried, and it fits</source>
   <translation>Das wurde probiert, und es passt</translation>
  </message>
  <message>
   <source>Build a network</source>
   <translation>Ein Netz bauen</translation>
  </message>
  <message>
   <source>Name of the network</source>
   <translation>Name des Netzes</translation>
  </message>
  <message>
   <source>The network's name; click to change it</source>
   <translation>Der Name des Netzes; zum Ändern klicken</translation>
  </message>
  <message>
   <source>Make it again (Ctrl+Shift+Z)</source>
   <translation>Noch einmal machen (Strg+Umschalt+Z)</translation>
  </message>
  <message>
   <source>Cards</source>
   <translation>Karten</translation>
  </message>
  <message>
   <source>TOML</source>
   <translation>TOML</translation>
  </message>
  <message>
   <source>The network as {words}</source>
   <translation>Das Netz als {words}</translation>
  </message>
  <message>
   <source>Alt ↑ ↓ moves a layer · Ins adds · Del takes out · Enter: options · sees: receptive field</source>
   <translation>Alt ↑ ↓ verschiebt eine Schicht · Einfg fügt ein · Entf nimmt heraus · Enter: Optionen · sieht: Sichtfeld</translation>
  </message>
  <message>
   <source>The network as TOML</source>
   <translation>Das Netz als TOML</translation>
  </message>
  <message>
   <source>The same network as text; what is written here becomes the network</source>
   <translation>Dasselbe Netz als Text; was hier steht, wird das Netz</translation>
  </message>
  <message>
   <source>Open…</source>
   <translation>Öffnen…</translation>
  </message>
  <message>
   <source>Open a network from a TOML file</source>
   <translation>Ein Netz aus einer TOML-Datei öffnen</translation>
  </message>
  <message>
   <source>Save…</source>
   <translation>Speichern…</translation>
  </message>
  <message>
   <source>Save the network as a TOML file</source>
   <translation>Das Netz als TOML-Datei speichern</translation>
  </message>
  <message>
   <source>Begin with</source>
   <translation>Beginnen mit</translation>
  </message>
  <message>
   <source>How fast?</source>
   <translation>Wie schnell?</translation>
  </message>
  <message>
   <source>Train it for half a second on this machine</source>
   <translation>Es auf dieser Maschine eine halbe Sekunde trainieren</translation>
  </message>
  <message>
   <source>Train this</source>
   <translation>Dieses trainieren</translation>
  </message>
  <message>
   <source>Train this network</source>
   <translation>Dieses Netz trainieren</translation>
  </message>
  <message>
   <source>Add a layer: {kind}</source>
   <translation>Eine Schicht einfügen: {kind}</translation>
  </message>
  <message>
   <source>Add below the chosen layer: {kind}</source>
   <translation>Unter der gewählten Schicht einfügen: {kind}</translation>
  </message>
  <message>
   <source>the open model</source>
   <translation>das offene Modell</translation>
  </message>
  <message>
   <source>The network that reads the canvas</source>
   <translation>Das Netz, das die Zeichenfläche liest</translation>
  </message>
  <message>
   <source> · changed</source>
   <translation> · geändert</translation>
  </message>
  <message>
   <source>from {origin}{changed}</source>
   <translation>aus {origin}{changed}</translation>
  </message>
  <message>
   <source>Add below it</source>
   <translation>Darunter einfügen</translation>
  </message>
  <message>
   <source>1 layer keeps its weights</source>
   <translation>1 Schicht behält ihre Gewichte</translation>
  </message>
  <message>
   <source>{n} layers keep their weights</source>
   <translation>{n} Schichten behalten ihre Gewichte</translation>
  </message>
  <message>
   <source>{some} if you train on. </source>
   <translation>{some}, wenn du weiter trainierst. </translation>
  </message>
  <message>
   <source>New: {names}.</source>
   <translation>Neu: {names}.</translation>
  </message>
  <message>
   <source>once {name} fits</source>
   <translation>sobald {name} passt</translation>
  </message>
  <message>
   <source> Try: {fixes}.</source>
   <translation> Versuch: {fixes}.</translation>
  </message>
  <message>
   <source>Begin a run with this network</source>
   <translation>Einen Lauf mit diesem Netz beginnen</translation>
  </message>
  <message>
   <source>not measured</source>
   <translation>nicht gemessen</translation>
  </message>
  <message>
   <source>The text is no network yet, so there is nothing to train.</source>
   <translation>Der Text ist noch kein Netz, darum gibt es nichts zu trainieren.</translation>
  </message>
  <message>
   <source>Convolution</source>
   <translation>Faltung</translation>
  </message>
  <message>
   <source>Max pool</source>
   <translation>Max-Pool</translation>
  </message>
  <message>
   <source>Average pool</source>
   <translation>Mittelwert-Pooling</translation>
  </message>
  <message>
   <source>ReLU</source>
   <translation>ReLU</translation>
  </message>
  <message>
   <source>Leaky ReLU</source>
   <translation>Leaky ReLU</translation>
  </message>
  <message>
   <source>Tanh</source>
   <translation>Tanh</translation>
  </message>
  <message>
   <source>Sigmoid</source>
   <translation>Sigmoid</translation>
  </message>
  <message>
   <source>Batch norm</source>
   <translation>Batch-Norm</translation>
  </message>
  <message>
   <source>Dropout</source>
   <translation>Dropout</translation>
  </message>
  <message>
   <source>Flatten</source>
   <translation>Flatten</translation>
  </message>
  <message>
   <source>Dense</source>
   <translation>Dicht</translation>
  </message>
  <message>
   <source>Softmax</source>
   <translation>Softmax</translation>
  </message>
  <message>
   <source>Slides kernels over the maps before it.</source>
   <translation>Lässt Kerne über die Karten davor gleiten.</translation>
  </message>
  <message>
   <source>Keeps the largest number of each window.</source>
   <translation>Behält die größte Zahl jedes Fensters.</translation>
  </message>
  <message>
   <source>Takes the mean of each window.</source>
   <translation>Nimmt den Mittelwert jedes Fensters.</translation>
  </message>
  <message>
   <source>Lets positive numbers through, makes the others 0.</source>
   <translation>Lässt positive Zahlen durch, macht die anderen 0.</translation>
  </message>
  <message>
   <source>Lets a little of negative numbers through.</source>
   <translation>Lässt von negativen Zahlen ein wenig durch.</translation>
  </message>
  <message>
   <source>Squeezes every number between -1 and 1.</source>
   <translation>Drückt jede Zahl zwischen -1 und 1.</translation>
  </message>
  <message>
   <source>Squeezes every number between 0 and 1.</source>
   <translation>Drückt jede Zahl zwischen 0 und 1.</translation>
  </message>
  <message>
   <source>Gives each map mean 0 and spread 1, then scales it.</source>
   <translation>Gibt jeder Karte Mittel 0 und Streuung 1, dann streckt es sie.</translation>
  </message>
  <message>
   <source>Switches units off by chance while it learns.</source>
   <translation>Schaltet beim Lernen zufällig Einheiten aus.</translation>
  </message>
  <message>
   <source>Lays all maps out as one row of numbers.</source>
   <translation>Legt alle Karten als eine Reihe von Zahlen hin.</translation>
  </message>
  <message>
   <source>Each unit adds up all numbers before it, weighted.</source>
   <translation>Jede Einheit zählt alle Zahlen davor gewichtet zusammen.</translation>
  </message>
  <message>
   <source>Makes shares of one from the last numbers.</source>
   <translation>Macht aus den letzten Zahlen Anteile von eins.</translation>
  </message>
  <message>
   <source>Filters</source>
   <translation>Filter</translation>
  </message>
  <message>
   <source>Kernel</source>
   <translation>Kern</translation>
  </message>
  <message>
   <source>Stride</source>
   <translation>Schrittweite</translation>
  </message>
  <message>
   <source>Padding</source>
   <translation>Rand</translation>
  </message>
  <message>
   <source>Start</source>
   <translation>Start</translation>
  </message>
  <message>
   <source>Window</source>
   <translation>Fenster</translation>
  </message>
  <message>
   <source>Units</source>
   <translation>Einheiten</translation>
  </message>
  <message>
   <source>Slope</source>
   <translation>Steigung</translation>
  </message>
  <message>
   <source>Epsilon</source>
   <translation>Epsilon</translation>
  </message>
  <message>
   <source>Conv</source>
   <translation>Conv</translation>
  </message>
  <message>
   <source>Avg pool</source>
   <translation>Avg-Pool</translation>
  </message>
  <message>
   <source>Leaky</source>
   <translation>Leaky</translation>
  </message>
  <message>
   <source>Norm</source>
   <translation>Norm</translation>
  </message>
  <message>
   <source> · stride {s}</source>
   <translation> · Schritt {s}</translation>
  </message>
  <message>
   <source>{size} · stride {s}</source>
   <translation>{size} · Schritt {s}</translation>
  </message>
  <message>
   <source>rate {rate:g}</source>
   <translation>Rate {rate:g}</translation>
  </message>
  <message>
   <source>one row of numbers</source>
   <translation>eine Reihe von Zahlen</translation>
  </message>
  <message>
   <source>Open a network</source>
   <translation>Ein Netz öffnen</translation>
  </message>
  <message>
   <source>Networks (*.toml)</source>
   <translation>Netze (*.toml)</translation>
  </message>
  <message>
   <source>Save the network</source>
   <translation>Das Netz speichern</translation>
  </message>
  <message>
   <source>{words} {value}</source>
   <translation>{words} {value}</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>Close the search</source>
   <translation>Die Suche schließen</translation>
  </message>
  <message>
   <source>End the search and show the curves again</source>
   <translation>Die Suche beenden und die Kurven wieder zeigen</translation>
  </message>
  <message>
   <source>{words}: {share:.0f} % of the steps</source>
   <translation>{words}: {share:.0f} % der Schritte</translation>
  </message>
  <message>
   <source>{words}: fetching the data</source>
   <translation>{words}: die Daten werden geholt</translation>
  </message>
  <message>
   <source>Use {rate:g}</source>
   <translation>{rate:g} benutzen</translation>
  </message>
  <message>
   <source>Use the learning rate {rate:g}</source>
   <translation>Die Lernrate {rate:g} benutzen</translation>
  </message>
  <message>
   <source>Put it into the settings of the next run</source>
   <translation>In die Einstellungen des nächsten Laufs übernehmen</translation>
  </message>
  <message>
   <source>name</source>
   <translation>Name</translation>
  </message>
  <message>
   <source>when</source>
   <translation>wann</translation>
  </message>
  <message>
   <source>data</source>
   <translation>Daten</translation>
  </message>
  <message>
   <source>network</source>
   <translation>Netz</translation>
  </message>
  <message>
   <source>optimizer</source>
   <translation>Optimierer</translation>
  </message>
  <message>
   <source>batch</source>
   <translation>Stapel</translation>
  </message>
  <message>
   <source>augment</source>
   <translation>Abwandlung</translation>
  </message>
  <message>
   <source>test</source>
   <translation>Test</translation>
  </message>
  <message>
   <source>images/s</source>
   <translation>Bilder/s</translation>
  </message>
  <message>
   <source>time</source>
   <translation>Zeit</translation>
  </message>
  <message>
   <source>is running</source>
   <translation>läuft</translation>
  </message>
  <message>
   <source>finished</source>
   <translation>fertig</translation>
  </message>
  <message>
   <source>ended early</source>
   <translation>früh beendet</translation>
  </message>
  <message>
   <source>interrupted</source>
   <translation>unterbrochen</translation>
  </message>
  <message>
   <source>diverged</source>
   <translation>entgleist</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>gescheitert</translation>
  </message>
  <message>
   <source>This run cannot be repeated so</source>
   <translation>Dieser Lauf kann so nicht wiederholt werden</translation>
  </message>
  <message>
   <source>A run goes on. Stop it before you take other settings.</source>
   <translation>Ein Lauf ist im Gange. Halte ihn an, bevor du andere Einstellungen nimmst.</translation>
  </message>
  <message>
   <source>The settings of {name} stand in the form of Live</source>
   <translation>Die Einstellungen von {name} stehen im Formular von Live</translation>
  </message>
  <message>
   <source>{name} is in the trash. Undo brings it back (Ctrl+Z).</source>
   <translation>{name} ist im Papierkorb. Rückgängig holt ihn zurück (Strg+Z).</translation>
  </message>
  <message>
   <source>{name} is back</source>
   <translation>{name} ist zurück</translation>
  </message>
  <message>
   <source>Gradient norms</source>
   <translation>Länge der Gradienten</translation>
  </message>
  <message>
   <source>by layer</source>
   <translation>je Schicht</translation>
  </message>
  <message>
   <source>Weight norms</source>
   <translation>Länge der Gewichte</translation>
  </message>
  <message>
   <source>Step over weights</source>
   <translation>Schritt durch Gewichte</translation>
  </message>
  <message>
   <source>steps</source>
   <translation>Schritte</translation>
  </message>
  <message>
   <source>seconds</source>
   <translation>Sekunden</translation>
  </message>
  <message>
   <source>images</source>
   <translation>Bilder</translation>
  </message>
  <message>
   <source>What is drawn</source>
   <translation>Was gezeichnet wird</translation>
  </message>
  <message>
   <source>Against what</source>
   <translation>Wogegen</translation>
  </message>
  <message>
   <source>Logarithmic scale; of accuracy what lies near 100 %</source>
   <translation>Logarithmische Skala; bei Genauigkeit, was nahe 100 % liegt</translation>
  </message>
  <message>
   <source>save</source>
   <translation>sichern</translation>
  </message>
  <message>
   <source>Save these curves</source>
   <translation>Diese Kurven speichern</translation>
  </message>
  <message>
   <source>Save these curves as numbers (CSV) or as a picture (PNG, SVG)</source>
   <translation>Diese Kurven als Zahlen (CSV) oder als Bild (PNG, SVG) speichern</translation>
  </message>
  <message>
   <source>reading …</source>
   <translation>liest …</translation>
  </message>
  <message>
   <source>tick runs to see their curves (Space)</source>
   <translation>hake Läufe an, um ihre Kurven zu sehen (Leertaste)</translation>
  </message>
  <message>
   <source>{name} → {value}</source>
   <translation>{name} → {value}</translation>
  </message>
  <message>
   <source>{run} train</source>
   <translation>{run} Training</translation>
  </message>
  <message>
   <source>{run} validation</source>
   <translation>{run} Validierung</translation>
  </message>
  <message>
   <source>baseline</source>
   <translation>Vergleichslauf</translation>
  </message>
  <message>
   <source>light distortions</source>
   <translation>leichte Verzerrungen</translation>
  </message>
  <message>
   <source>rate too high?</source>
   <translation>Rate zu hoch?</translation>
  </message>
  <message>
   <source>LeNet-5</source>
   <translation>LeNet-5</translation>
  </message>
  <message>
   <source>no convolution</source>
   <translation>keine Faltung</translation>
  </message>
  <message>
   <source>What differs</source>
   <translation>Was sich unterscheidet</translation>
  </message>
  <message>
   <source>± at 95 %</source>
   <translation>± bei 95 %</translation>
  </message>
  <message>
   <source>Tick two runs or more to compare them.</source>
   <translation>Hake zwei Läufe oder mehr an, um sie zu vergleichen.</translation>
  </message>
  <message>
   <source>{n} settings are the same.</source>
   <translation>{n} Einstellungen sind gleich.</translation>
  </message>
  <message>
   <source>{said} They were judged by different images: their accuracies cannot be compared.</source>
   <translation>{said} Sie wurden an verschiedenen Bildern gemessen: Ihre Genauigkeiten sind nicht vergleichbar.</translation>
  </message>
  <message>
   <source>{said} {a} and {b} are equally good.</source>
   <translation>{said} {a} und {b} sind gleich gut.</translation>
  </message>
  <message>
   <source>{a} beats {b} by {points:.2f} points</source>
   <translation>{a} schlägt {b} um {points:.2f} Punkte</translation>
  </message>
  <message>
   <source>{said} {beats}, {judged} ({n} test images, {chance}).</source>
   <translation>{said} {beats}, {judged} ({n} Testbilder, {chance}).</translation>
  </message>
  <message>
   <source>Doctor</source>
   <translation>Doktor</translation>
  </message>
  <message>
   <source>looks at {name}</source>
   <translation>sieht {name} an</translation>
  </message>
  <message>
   <source>Nothing is selected.</source>
   <translation>Nichts ist gewählt.</translation>
  </message>
  <message>
   <source>looking …</source>
   <translation>schaut …</translation>
  </message>
  <message>
   <source>1 finding</source>
   <translation>1 Befund</translation>
  </message>
  <message>
   <source>{n} findings</source>
   <translation>{n} Befunde</translation>
  </message>
  <message>
   <source>✓ Nothing odd was found.</source>
   <translation>✓ Nichts Seltsames gefunden.</translation>
  </message>
  <message>
   <source>Repeat with {change}</source>
   <translation>Wiederholen mit {change}</translation>
  </message>
  <message>
   <source>Begin this run again with this one change</source>
   <translation>Diesen Lauf mit dieser einen Änderung neu beginnen</translation>
  </message>
  <message>
   <source>Too short to judge: {steps} steps, and no whole epoch</source>
   <translation>Zu kurz, um zu urteilen: {steps} Schritte und keine ganze Epoche</translation>
  </message>
  <message>
   <source>Most findings need a validation, which comes at the end of an epoch.</source>
   <translation>Die meisten Befunde brauchen eine Validierung, und die kommt am Ende einer Epoche.</translation>
  </message>
  <message>
   <source>The loss was no number any more after step {step}</source>
   <translation>Der Verlust war nach Schritt {step} keine Zahl mehr</translation>
  </message>
  <message>
   <source>The steps were too large: the weights ran away. A smaller rate holds them.</source>
   <translation>Die Schritte waren zu groß: Die Gewichte liefen davon. Eine kleinere Rate hält sie.</translation>
  </message>
  <message>
   <source>Each step changes the weights by {share} % of their size</source>
   <translation>Jeder Schritt ändert die Gewichte um {share} % ihrer Größe</translation>
  </message>
  <message>
   <source>One thousandth is usual. So large a step throws away what the last one has found.</source>
   <translation>Ein Tausendstel ist üblich. Ein so großer Schritt wirft weg, was der letzte gefunden hat.</translation>
  </message>
  <message>
   <source>Each step changes the weights by only {ratio} of their size</source>
   <translation>Jeder Schritt ändert die Gewichte nur um {ratio} ihrer Größe</translation>
  </message>
  <message>
   <source>One thousandth is usual. At this pace the network hardly moves.</source>
   <translation>Ein Tausendstel ist üblich. So langsam bewegt sich das Netz kaum.</translation>
  </message>
  <message>
   <source>{share} % of the units of {layer} never fire</source>
   <translation>{share} % der Einheiten von {layer} feuern nie</translation>
  </message>
  <message>
   <source>{silent} of {units} are zero on all images that were looked at, so they learn nothing. A lower rate, or LeakyReLU, keeps them alive.</source>
   <translation>{silent} von {units} sind bei allen Bildern null, die angesehen wurden, also lernen sie nichts. Eine kleinere Rate oder LeakyReLU hält sie am Leben.</translation>
  </message>
  <message>
   <source>Only {ratio} of the gradient of {last} reaches {first}</source>
   <translation>Nur {ratio} des Gradienten von {last} kommt bei {first} an</translation>
  </message>
  <message>
   <source>The first layers stand still. ReLU in place of tanh or sigmoid, or batch normalisation, lets it through.</source>
   <translation>Die ersten Schichten stehen still. ReLU statt tanh oder sigmoid oder eine Batch-Normalisierung lässt ihn durch.</translation>
  </message>
  <message>
   <source>The gradient of {layer} is {times} times as large as its weights</source>
   <translation>Der Gradient von {layer} ist {times}-mal so groß wie seine Gewichte</translation>
  </message>
  <message>
   <source>It grows from layer to layer on its way back. Batch normalisation or a smaller start of the weights stops that.</source>
   <translation>Auf dem Rückweg wächst er von Schicht zu Schicht. Batch-Normalisierung oder kleinere Startgewichte helfen.</translation>
  </message>
  <message>
   <source>{train} % of the training images are right, {validation} % of the others</source>
   <translation>{train} % der Trainingsbilder sind richtig, von den anderen {validation} %</translation>
  </message>
  <message>
   <source>Since epoch {epoch} the network learns its images by heart. More varied images, or dropout, help.</source>
   <translation>Seit Epoche {epoch} lernt das Netz seine Bilder auswendig. Vielfältigere Bilder oder Dropout helfen.</translation>
  </message>
  <message>
   <source>The loss has stood at {loss} for {epochs} epochs</source>
   <translation>Der Verlust steht seit {epochs} Epochen bei {loss}</translation>
  </message>
  <message>
   <source>The network learns no more at this rate. A higher or a falling one may take it further.</source>
   <translation>Bei dieser Rate lernt das Netz nichts mehr. Eine höhere oder fallende bringt es vielleicht weiter.</translation>
  </message>
  <message>
   <source>All {count} training images are labelled {name}</source>
   <translation>Alle {count} Trainingsbilder haben das Etikett {name}</translation>
  </message>
  <message>
   <source>There is nothing to tell apart: the network says this whatever it sees. Look at the data.</source>
   <translation>Da ist nichts zu unterscheiden: Das Netz sagt dies, was immer es sieht. Sieh dir die Daten an.</translation>
  </message>
  <message>
   <source>Validation ({validation} %) is better than training ({train} %)</source>
   <translation>Die Validierung ({validation} %) ist besser als das Training ({train} %)</translation>
  </message>
  <message>
   <source>That is no fault: dropout is off when the network is judged, and the training figure is the mean of a whole epoch, also of its weak beginning.</source>
   <translation>Das ist kein Fehler: Beim Prüfen ruht das Dropout, und die Zahl des Trainings ist das Mittel einer ganzen Epoche, auch ihres schwachen Anfangs.</translation>
  </message>
  <message>
   <source>The loss jumped at step {step}, from {before} to {after}</source>
   <translation>Der Verlust sprang bei Schritt {step} von {before} auf {after}</translation>
  </message>
  <message>
   <source>A step was too large there. A warm-up, or a lower rate, makes the first ones small.</source>
   <translation>Dort war ein Schritt zu groß. Ein Aufwärmen oder eine kleinere Rate macht die ersten klein.</translation>
  </message>
  <message>
   <source>{most} has {many} training images, {least} only {few}</source>
   <translation>{most} hat {many} Trainingsbilder, {least} nur {few}</translation>
  </message>
  <message>
   <source>The network leans towards what it has seen more of. More images of the rare classes help most.</source>
   <translation>Das Netz neigt zu dem, wovon es mehr gesehen hat. Am meisten helfen mehr Bilder der seltenen Klassen.</translation>
  </message>
  <message>
   <source>{n} runs as lines through {names}</source>
   <translation>{n} Läufe als Linien durch {names}</translation>
  </message>
  <message>
   <source>The runs that are shown differ in nothing.</source>
   <translation>Die gezeigten Läufe unterscheiden sich in nichts.</translation>
  </message>
  <message>
   <source>No run has ended yet.</source>
   <translation>Noch kein Lauf ist zu Ende.</translation>
  </message>
  <message>
   <source>Settings and what came of them</source>
   <translation>Einstellungen und was daraus wurde</translation>
  </message>
  <message>
   <source>ticked</source>
   <translation>angehakt</translation>
  </message>
  <message>
   <source>not ticked</source>
   <translation>nicht angehakt</translation>
  </message>
  <message>
   <source>Runs</source>
   <translation>Läufe</translation>
  </message>
  <message>
   <source>No run is meant by these words.</source>
   <translation>Mit diesen Worten ist kein Lauf gemeint.</translation>
  </message>
  <message>
   <source>No runs yet. Press Space to train.</source>
   <translation>Noch keine Läufe. Drücke die Leertaste, um zu trainieren.</translation>
  </message>
  <message>
   <source>Notes</source>
   <translation>Notizen</translation>
  </message>
  <message>
   <source>filter</source>
   <translation>filtern</translation>
  </message>
  <message>
   <source>Filter the runs</source>
   <translation>Die Läufe filtern</translation>
  </message>
  <message>
   <source>Words, or conditions such as network:article rate&gt;0.001 test&gt;98 (Ctrl+F)</source>
   <translation>Wörter oder Bedingungen wie network:article rate&gt;0.001 test&gt;98 (Strg+F)</translation>
  </message>
  <message>
   <source>settings</source>
   <translation>Werte</translation>
  </message>
  <message>
   <source>Settings instead of curves</source>
   <translation>Einstellungen statt Kurven</translation>
  </message>
  <message>
   <source>All runs that are shown as lines through their settings, instead of curves</source>
   <translation>Alle gezeigten Läufe als Linien durch ihre Einstellungen statt Kurven</translation>
  </message>
  <message>
   <source>Resume</source>
   <translation>Weiter</translation>
  </message>
  <message>
   <source>Go on with this run where it was interrupted</source>
   <translation>Mit diesem Lauf weitermachen, wo er unterbrochen wurde</translation>
  </message>
  <message>
   <source>Repeat</source>
   <translation>Noch mal</translation>
  </message>
  <message>
   <source>Make it again: same settings, same curve</source>
   <translation>Noch einmal machen: gleiche Einstellungen, gleiche Kurve</translation>
  </message>
  <message>
   <source>Use settings</source>
   <translation>Übernehmen</translation>
  </message>
  <message>
   <source>Put its settings into the form of Live</source>
   <translation>Seine Einstellungen in das Formular von Live übernehmen</translation>
  </message>
  <message>
   <source>Open model</source>
   <translation>Öffnen</translation>
  </message>
  <message>
   <source>Read the canvas with what came of it</source>
   <translation>Die Zeichenfläche mit dem lesen, was daraus wurde</translation>
  </message>
  <message>
   <source>See how it learnt, step by step</source>
   <translation>Sehen, wie er gelernt hat, Schritt für Schritt</translation>
  </message>
  <message>
   <source>Save its model as a file</source>
   <translation>Sein Modell als Datei speichern</translation>
  </message>
  <message>
   <source>Baseline</source>
   <translation>Vergleich</translation>
  </message>
  <message>
   <source>Mark settings that are unlike this run's</source>
   <translation>Einstellungen markieren, die anders sind als bei diesem Lauf</translation>
  </message>
  <message>
   <source>Move it into the trash; Undo brings it back</source>
   <translation>In den Papierkorb; Rückgängig holt ihn zurück</translation>
  </message>
  <message>
   <source>Notes about the selected run</source>
   <translation>Notizen zum gewählten Lauf</translation>
  </message>
  <message>
   <source>What you want to remember of this run; kept at once</source>
   <translation>Was du dir von diesem Lauf merken willst; wird gleich behalten</translation>
  </message>
  <message>
   <source>what you want to remember of it</source>
   <translation>was du dir davon merken willst</translation>
  </message>
  <message>
   <source>{shown} of {n}</source>
   <translation>{shown} von {n}</translation>
  </message>
  <message>
   <source> · settings unlike {name} are marked</source>
   <translation> · Einstellungen anders als {name} sind markiert</translation>
  </message>
  <message>
   <source>{kept}, {m} ticked{unlike}</source>
   <translation>{kept}, {m} angehakt{unlike}</translation>
  </message>
  <message>
   <source>This run is going on</source>
   <translation>Dieser Lauf ist im Gange</translation>
  </message>
  <message>
   <source>This run is over, there is nothing to go on with</source>
   <translation>Dieser Lauf ist zu Ende, es gibt nichts fortzusetzen</translation>
  </message>
  <message>
   <source>Save the run's model</source>
   <translation>Das Modell des Laufs speichern</translation>
  </message>
  <message>
   <source>Models (*.safetensors)</source>
   <translation>Modelle (*.safetensors)</translation>
  </message>
  <message>
   <source>Numbers (*.csv);;Picture (*.png);;Drawing (*.svg)</source>
   <translation>Zahlen (*.csv);;Bild (*.png);;Zeichnung (*.svg)</translation>
  </message>
  <message>
   <source>The model cannot be saved here</source>
   <translation>Das Modell kann hier nicht gespeichert werden</translation>
  </message>
  <message>
   <source>The drawing cannot be read</source>
   <translation>Die Zeichnung kann nicht gelesen werden</translation>
  </message>
  <message>
   <source>measuring on the test set</source>
   <translation>misst an den Testbildern</translation>
  </message>
  <message>
   <source>{network} on {data} was interrupted after epoch {epoch} of {epochs}</source>
   <translation>{network} auf {data} wurde nach Epoche {epoch} von {epochs} unterbrochen</translation>
  </message>
  <message>
   <source>An error of the program: {name}: {error}</source>
   <translation>Ein Fehler des Programms: {name}: {error}</translation>
  </message>
  <message>
   <source>Train “{name}” on, or start anew? Its run is kept.</source>
   <translation>„{name}“ weiter trainieren oder neu anfangen? Sein Lauf bleibt erhalten.</translation>
  </message>
  <message>
   <source>Train on with the weights of all {n} layers, or start anew?</source>
   <translation>Mit den Gewichten aller {n} Schichten weiter oder neu beginnen?</translation>
  </message>
  <message>
   <source>Keep the weights of {n} layers? New: {fresh}</source>
   <translation>Die Gewichte von {n} Schichten behalten? Neu: {fresh}</translation>
  </message>
  <message>
   <source>per map</source>
   <translation>je Karte</translation>
  </message>
  <message>
   <source>per layer</source>
   <translation>je Schicht</translation>
  </message>
  <message>
   <source>fixed</source>
   <translation>fest</translation>
  </message>
  <message>
   <source>Opening {value} …</source>
   <translation>{value} wird geöffnet …</translation>
  </message>
  <message>
   <source>A training is running</source>
   <translation>Ein Training läuft</translation>
  </message>
  <message>
   <source>A training goes on. Stop it, then open the model: what it has learnt stays.</source>
   <translation>Ein Training ist im Gange. Halte es an, dann öffne das Modell: Was es gelernt hat, bleibt.</translation>
  </message>
  <message>
   <source>There is no room for {name} in the memory.</source>
   <translation>Für {name} ist im Speicher kein Platz.</translation>
  </message>
  <message>
   <source>Opened {value}</source>
   <translation>{value} geöffnet</translation>
  </message>
  <message>
   <source>This model cannot be opened</source>
   <translation>Dieses Modell kann nicht geöffnet werden</translation>
  </message>
  <message>
   <source>Another kind of file has the name {value}, so nothing was written. Choose another.</source>
   <translation>Eine Datei anderer Art heißt {value}, darum wurde nichts geschrieben. Wähle einen anderen Namen.</translation>
  </message>
  <message>
   <source>Saved {path}{_saved_words}</source>
   <translation>{path} gespeichert{_saved_words}</translation>
  </message>
  <message>
   <source>with your changes</source>
   <translation>mit deinen Änderungen</translation>
  </message>
  <message>
   <source>Another file was opened, or the window closed.</source>
   <translation>Eine andere Datei wurde geöffnet oder das Fenster geschlossen.</translation>
  </message>
  <message>
   <source>{name} is back ({origin})</source>
   <translation>{name} ist zurück ({origin})</translation>
  </message>
  <message>
   <source>{origin}, changed by hand</source>
   <translation>{origin}, von Hand geändert</translation>
  </message>
  <message>
   <source>Draw something first, then say what it is.</source>
   <translation>Zeichne erst etwas, dann sag, was es ist.</translation>
  </message>
  <message>
   <source>before: {read}, {share:.0f} %</source>
   <translation>vorher: {read}, {share:.0f} %</translation>
  </message>
  <message>
   <source>kept as {label}: it reads that already</source>
   <translation>als {label} behalten: das liest es schon</translation>
  </message>
  <message>
   <source>kept as {label}</source>
   <translation>als {label} behalten</translation>
  </message>
  <message>
   <source>{kept}; it is learnt when the run is over</source>
   <translation>{kept}; gelernt wird, wenn der Lauf zu Ende ist</translation>
  </message>
  <message>
   <source>Nothing is kept that could be taught. Draw something and say what it is.</source>
   <translation>Nichts ist behalten, was beigebracht werden könnte. Zeichne etwas und sag, was es ist.</translation>
  </message>
  <message>
   <source>{kept}, learning …</source>
   <translation>{kept}, lernt …</translation>
  </message>
  <message>
   <source>Another network was opened meanwhile, so nothing was learnt. The drawing is kept.</source>
   <translation>Inzwischen wurde ein anderes Netz geöffnet, darum wurde nichts gelernt. Die Zeichnung ist behalten.</translation>
  </message>
  <message>
   <source>taught 1 drawing</source>
   <translation>1 Zeichnung beigebracht</translation>
  </message>
  <message>
   <source>taught {n} drawings</source>
   <translation>{n} Zeichnungen beigebracht</translation>
  </message>
  <message>
   <source>learnt in {seconds:.1f} s</source>
   <translation>gelernt in {seconds:.1f} s</translation>
  </message>
  <message>
   <source> · the images it had learnt are not here, so it may have forgotten some</source>
   <translation> · die gelernten Bilder sind nicht hier, es kann manche vergessen haben</translation>
  </message>
  <message>
   <source> · reads one sign at a time now, no numbers</source>
   <translation> · liest jetzt ein Zeichen auf einmal, keine Zahlen</translation>
  </message>
  <message>
   <source>test {before:.2f} → {after:.2f} %</source>
   <translation>Test {before:.2f} → {after:.2f} %</translation>
  </message>
  <message>
   <source> ({first:.2f} % before the first teaching)</source>
   <translation> ({first:.2f} % vor dem ersten Beibringen)</translation>
  </message>
  <message>
   <source>the run is over</source>
   <translation>der Lauf ist zu Ende</translation>
  </message>
  <message>
   <source>taken back</source>
   <translation>zurückgenommen</translation>
  </message>
  <message>
   <source>taken back; the others are kept</source>
   <translation>zurückgenommen; die anderen bleiben</translation>
  </message>
  <message>
   <source>taken back, and the drawing is no longer kept</source>
   <translation>zurückgenommen, und die Zeichnung ist nicht mehr behalten</translation>
  </message>
  <message>
   <source>taken back; the drawings stay kept</source>
   <translation>zurückgenommen; die Zeichnungen bleiben behalten</translation>
  </message>
  <message>
   <source>none of them</source>
   <translation>keines davon</translation>
  </message>
  <message>
   <source>looking for the data</source>
   <translation>die Daten werden gesucht</translation>
  </message>
  <message>
   <source>stopping</source>
   <translation>hält an</translation>
  </message>
  <message>
   <source>The training has ended</source>
   <translation>Das Training ist zu Ende</translation>
  </message>
  <message>
   <source>The training could not begin</source>
   <translation>Das Training konnte nicht beginnen</translation>
  </message>
  <message>
   <source>best validation {value:.2f} %</source>
   <translation>beste Validierung {value:.2f} %</translation>
  </message>
  <message>
   <source>from step {step} on: {changes}</source>
   <translation>ab Schritt {step}: {changes}</translation>
  </message>
  <message>
   <source>not changed: {why}</source>
   <translation>nicht geändert: {why}</translation>
  </message>
  <message>
   <source>learning from {title}</source>
   <translation>lernt aus {title}</translation>
  </message>
  <message>
   <source>{title} · {count} images to learn from</source>
   <translation>{title} · {count} Bilder zum Lernen</translation>
  </message>
  <message>
   <source> · the network before can be brought back</source>
   <translation> · das vorige Netz kann zurückgeholt werden</translation>
  </message>
  <message>
   <source>goes on after epoch {n} · </source>
   <translation>geht nach Epoche {n} weiter · </translation>
  </message>
  <message>
   <source>trained on</source>
   <translation>trainiert auf</translation>
  </message>
  <message>
   <source>has seen a little of</source>
   <translation>hat ein wenig gesehen von</translation>
  </message>
  <message>
   <source>The training ended with an error of the program: {name}: {error}</source>
   <translation>Das Training endete mit einem Fehler des Programms: {name}: {error}</translation>
  </message>
  <message>
   <source>this run is not kept: {error}</source>
   <translation>dieser Lauf wird nicht behalten: {error}</translation>
  </message>
  <message>
   <source>MNIST could not be had, so the network learns synthetic digits</source>
   <translation>MNIST war nicht zu bekommen, darum lernt das Netz künstliche Ziffern</translation>
  </message>
  <message>
   <source>Not saved</source>
   <translation>Nicht gespeichert</translation>
  </message>
  <message>
   <source>The file before this one is still being written. Try again in a moment.</source>
   <translation>Die Datei davor wird noch geschrieben. Versuch es gleich noch einmal.</translation>
  </message>
  <message>
   <source>There are no numbers to save</source>
   <translation>Es gibt keine Zahlen zu speichern</translation>
  </message>
  <message>
   <source>Nothing is shown here yet, so there are no numbers.</source>
   <translation>Hier wird noch nichts gezeigt, darum gibt es keine Zahlen.</translation>
  </message>
  <message>
   <source>Saving {path}</source>
   <translation>{path} wird gespeichert</translation>
  </message>
  <message>
   <source>This cannot be saved</source>
   <translation>Das kann nicht gespeichert werden</translation>
  </message>
  <message>
   <source>everything is larger from the next start on</source>
   <translation>ab dem nächsten Start ist alles größer</translation>
  </message>
  <message>
   <source>the usual size from the next start on</source>
   <translation>ab dem nächsten Start in üblicher Größe</translation>
  </message>
  <message>
   <source>{language} from the next start on</source>
   <translation>{language} ab dem nächsten Start</translation>
  </message>
  <message>
   <source>A training is running: stop it before you open a model</source>
   <translation>Ein Training läuft: halte es an, bevor du ein Modell öffnest</translation>
  </message>
  <message>
   <source>Open a model</source>
   <translation>Ein Modell öffnen</translation>
  </message>
  <message>
   <source>Images ({kinds});;All files (*)</source>
   <translation>Bilder ({kinds});;Alle Dateien (*)</translation>
  </message>
  <message>
   <source>Open an image to read</source>
   <translation>Ein Bild zum Lesen öffnen</translation>
  </message>
  <message>
   <source>Open a data set</source>
   <translation>Einen Datensatz öffnen</translation>
  </message>
  <message>
   <source>Data sets (*.npz *.csv);;All files (*)</source>
   <translation>Datensätze (*.npz *.csv);;Alle Dateien (*)</translation>
  </message>
  <message>
   <source>A folder of IDX files, or of pictures with a folder for each class</source>
   <translation>Ein Ordner mit IDX-Dateien oder mit Bildern in einem Ordner je Klasse</translation>
  </message>
  <message>
   <source>Folder that holds mnist/, fashion-mnist/, …</source>
   <translation>Ordner mit mnist/, fashion-mnist/, …</translation>
  </message>
  <message>
   <source>Save the model</source>
   <translation>Das Modell speichern</translation>
  </message>
  <message>
   <source>Pictures (*.png *.svg)</source>
   <translation>Bilder (*.png *.svg)</translation>
  </message>
  <message>
   <source>Save this view</source>
   <translation>Diese Ansicht speichern</translation>
  </message>
  <message>
   <source>Tables (*.csv)</source>
   <translation>Tabellen (*.csv)</translation>
  </message>
  <message>
   <source>Save these numbers</source>
   <translation>Diese Zahlen speichern</translation>
  </message>
  <message>
   <source>cnn-gui</source>
   <translation>cnn-gui</translation>
  </message>
  <message>
   <source>Dark or light</source>
   <translation>Dunkel oder hell</translation>
  </message>
  <message>
   <source>Change between dark and light</source>
   <translation>Zwischen dunkel und hell wechseln</translation>
  </message>
  <message>
   <source>&amp;File</source>
   <translation>&amp;Datei</translation>
  </message>
  <message>
   <source>&amp;Edit</source>
   <translation>&amp;Bearbeiten</translation>
  </message>
  <message>
   <source>&amp;Training</source>
   <translation>&amp;Training</translation>
  </message>
  <message>
   <source>&amp;View</source>
   <translation>&amp;Ansicht</translation>
  </message>
  <message>
   <source>&amp;Help</source>
   <translation>&amp;Hilfe</translation>
  </message>
  <message>
   <source>&amp;Language</source>
   <translation>&amp;Sprache</translation>
  </message>
  <message>
   <source>No word {word} is explained here.</source>
   <translation>Ein Wort {word} wird hier nicht erklärt.</translation>
  </message>
  <message>
   <source>no network</source>
   <translation>kein Netz</translation>
  </message>
  <message>
   <source>{n} parameters</source>
   <translation>{n} Parameter</translation>
  </message>
  <message>
   <source>changed by hand</source>
   <translation>von Hand geändert</translation>
  </message>
  <message>
   <source>{accuracy:.2f} % on the test set</source>
   <translation>{accuracy:.2f} % auf den Testbildern</translation>
  </message>
  <message>
   <source>Model: {words}</source>
   <translation>Modell: {words}</translation>
  </message>
  <message>
   <source>The model that reads the canvas: {words}</source>
   <translation>Das Modell, das die Zeichenfläche liest: {words}</translation>
  </message>
  <message>
   <source>Loss of the run</source>
   <translation>Verlust des Laufs</translation>
  </message>
  <message>
   <source>The training loss so far</source>
   <translation>Der Trainingsverlust bisher</translation>
  </message>
  <message>
   <source>more</source>
   <translation>mehr</translation>
  </message>
  <message>
   <source>Formula, shapes and source</source>
   <translation>Formel, Formen und Quelle</translation>
  </message>
  <message>
   <source>Close (Esc)</source>
   <translation>Schließen (Esc)</translation>
  </message>
  <message>
   <source>formula</source>
   <translation>Formel</translation>
  </message>
  <message>
   <source>shapes</source>
   <translation>Formen</translation>
  </message>
  <message>
   <source>source</source>
   <translation>Quelle</translation>
  </message>
  <message>
   <source>Begin to train (Space)</source>
   <translation>Training beginnen (Leertaste)</translation>
  </message>
  <message>
   <source>Hold the training, or go on (Space)</source>
   <translation>Training anhalten oder fortsetzen (Leertaste)</translation>
  </message>
  <message>
   <source>Step</source>
   <translation>Schritt</translation>
  </message>
  <message>
   <source>Train on one batch and hold</source>
   <translation>Einen Stapel lernen und anhalten</translation>
  </message>
  <message>
   <source>End the training; what was learnt stays</source>
   <translation>Das Training beenden; was gelernt wurde, bleibt</translation>
  </message>
  <message>
   <source>Training progress</source>
   <translation>Fortschritt des Trainings</translation>
  </message>
  <message>
   <source>How much of the run is done</source>
   <translation>Wie viel vom Lauf geschafft ist</translation>
  </message>
  <message>
   <source>Go on with it</source>
   <translation>Weitermachen</translation>
  </message>
  <message>
   <source>Go on with the run</source>
   <translation>Den Lauf fortsetzen</translation>
  </message>
  <message>
   <source>Go on with the run that was interrupted</source>
   <translation>Den unterbrochenen Lauf fortsetzen</translation>
  </message>
  <message>
   <source>Train on</source>
   <translation>Weiter</translation>
  </message>
  <message>
   <source>Go on with the network as it is (T)</source>
   <translation>Mit dem Netz weitermachen, wie es ist (T)</translation>
  </message>
  <message>
   <source>Start anew</source>
   <translation>Neu beginnen</translation>
  </message>
  <message>
   <source>Begin with the network of the settings and fresh weights (N)</source>
   <translation>Mit dem Netz der Einstellungen und frischen Gewichten beginnen (N)</translation>
  </message>
  <message>
   <source>Do not train (Esc)</source>
   <translation>Nicht trainieren (Esc)</translation>
  </message>
  <message>
   <source>Settings and plots</source>
   <translation>Einstellungen, Kurven</translation>
  </message>
  <message>
   <source>Show or fold settings and plots (Ctrl+J)</source>
   <translation>Einstellungen und Kurven zeigen oder einklappen (Strg+J)</translation>
  </message>
  <message>
   <source>epoch {epoch:.2f} of {epochs}</source>
   <translation>Epoche {epoch:.2f} von {epochs}</translation>
  </message>
  <message>
   <source>{n} images/s</source>
   <translation>{n} Bilder/s</translation>
  </message>
  <message>
   <source>held</source>
   <translation>angehalten</translation>
  </message>
  <message>
   <source>{time} left</source>
   <translation>noch {time}</translation>
  </message>
  <message>
   <source>&lt;span style="color:{accent}"&gt;{loss:.3f}&lt;/span&gt;</source>
   <translation>&lt;span style="color:{accent}"&gt;{loss:.3f}&lt;/span&gt;</translation>
  </message>
  <message>
   <source>&lt;span style="color:{second}"&gt;●&lt;/span&gt; {words} {last}</source>
   <translation>&lt;span style="color:{second}"&gt;●&lt;/span&gt; {words} {last}</translation>
  </message>
  <message>
   <source>Bring back “{name}”</source>
   <translation>„{name}“ zurückholen</translation>
  </message>
  <message>
   <source>Put back the network that was there before: {words} (Ctrl+Alt+Z)</source>
   <translation>Das vorige Netz zurückholen: {words} (Strg+Alt+Z)</translation>
  </message>
  <message>
   <source>{minutes} min {rest:02d} s</source>
   <translation>{minutes} min {rest:02d} s</translation>
  </message>
  <message>
   <source>{hours} h {rest:02d} min</source>
   <translation>{hours} h {rest:02d} min</translation>
  </message>
  <message>
   <source>drawing synthetic digits</source>
   <translation>zeichnet künstliche Ziffern</translation>
  </message>
  <message>
   <source>drawing pen digits</source>
   <translation>zeichnet Stift-Ziffern</translation>
  </message>
  <message>
   <source>bending MNIST</source>
   <translation>verbiegt MNIST</translation>
  </message>
  <message>
   <source>drawing MNIST anew</source>
   <translation>zeichnet MNIST neu</translation>
  </message>
  <message>
   <source>drawing MNIST with broader lines</source>
   <translation>zeichnet MNIST mit breiteren Strichen</translation>
  </message>
  <message>
   <source>drawing non-digits</source>
   <translation>zeichnet, was keine Ziffer ist</translation>
  </message>
  <message>
   <source>drawing more pen digits</source>
   <translation>zeichnet weitere Stift-Ziffern</translation>
  </message>
  <message>
   <source>test images of {title}</source>
   <translation>Testbilder von {title}</translation>
  </message>
  <message>
   <source>synthetic digits</source>
   <translation>künstliche Ziffern</translation>
  </message>
  <message>
   <source>{layer}, map {n}</source>
   <translation>{layer}, Karte {n}</translation>
  </message>
  <message>
   <source>{layer}, unit {n}</source>
   <translation>{layer}, Einheit {n}</translation>
  </message>
  <message>
   <source>{layer}, {n} off</source>
   <translation>{layer}, {n} aus</translation>
  </message>
  <message>
   <source>{name}: {text!r} is no whole number from {minimum} to {maximum}; it stays {value}</source>
   <translation>{name}: {text!r} ist keine ganze Zahl von {minimum} bis {maximum}; es bleibt {value}</translation>
  </message>
  <message>
   <source>{name}: {text!r} is no number from {minimum:g} to {maximum:g}; it stays {value:g}</source>
   <translation>{name}: {text!r} ist keine Zahl von {minimum:g} bis {maximum:g}; es bleibt {value:g}</translation>
  </message>
  <message>
   <source>epoch {epoch}</source>
   <translation>Epoche {epoch}</translation>
  </message>
  <message>
   <source>before training</source>
   <translation>vor dem Training</translation>
  </message>
  <message>
   <source>{n} images</source>
   <translation>{n} Bilder</translation>
  </message>
  <message>
   <source>A picture expected a name ending in {names}, received {value!r}.</source>
   <translation>Ein Bild braucht einen Namen mit der Endung {names}, bekommen: {value!r}.</translation>
  </message>
 </context>
</TS>
