"""Abbreviations that most readers of a coverage policy know, with what they stand for."""

from __future__ import annotations

COMMON = {
    line.split(" ", 1)[0]: line.split(" ", 1)[1]
    for line in """\
ACA Affordable Care Act
ACC American College of Cardiology
ACR American College of Radiology
AHA American Heart Association
AHI apnea-hypopnea index
AIDS acquired immunodeficiency syndrome
ALS amyotrophic lateral sclerosis
AV atrioventricular
BiPAP bilevel positive airway pressure
BMI body mass index
BRCA1 breast cancer gene 1
BRCA2 breast cancer gene 2
BUN blood urea nitrogen
CABG coronary artery bypass grafting
CAD coronary artery disease
CBC complete blood count
CBT cognitive behavioral therapy
CDC Centers for Disease Control and Prevention
CFTR cystic fibrosis transmembrane conductance regulator
CGM continuous glucose monitor
CHF congestive heart failure
CKD chronic kidney disease
CLIA Clinical Laboratory Improvement Amendments
CMS Centers for Medicare & Medicaid Services
CNS central nervous system
COPD chronic obstructive pulmonary disease
CPAP continuous positive airway pressure
CRP C-reactive protein
CSF cerebrospinal fluid
CT computed tomography
CTA computed tomographic angiography
CVA cerebrovascular accident
CYP2C19 cytochrome P450 2C19
CYP2D6 cytochrome P450 2D6
DEXA dual-energy X-ray absorptiometry
DME durable medical equipment
DNA deoxyribonucleic acid
DSM Diagnostic and Statistical Manual of Mental Disorders
DVT deep vein thrombosis
DXA dual-energy X-ray absorptiometry
ECG electrocardiogram
ECOG Eastern Cooperative Oncology Group
EEG electroencephalogram
EGFR epidermal growth factor receptor
EHR electronic health record
EKG electrocardiogram
EMG electromyography
ENT ear, nose and throat
EOB explanation of benefits
EPCAM epithelial cell adhesion molecule
ER emergency room
ESRD end-stage renal disease
FDA Food and Drug Administration
FEV1 forced expiratory volume in one second
FMR1 fragile X messenger ribonucleoprotein 1
FVC forced vital capacity
GERD gastroesophageal reflux disease
GFR glomerular filtration rate
eGFR estimated glomerular filtration rate
GI gastrointestinal
HbA1c glycated hemoglobin
HDL high-density lipoprotein
HER2 human epidermal growth factor receptor 2
HIPAA Health Insurance Portability and Accountability Act
HIV human immunodeficiency virus
HMO health maintenance organization
ICU intensive care unit
INR international normalized ratio
IVF in vitro fertilization
LCD local coverage determination
LDL low-density lipoprotein
LVEF left ventricular ejection fraction
MI myocardial infarction
MLH1 mutL homolog 1
MR magnetic resonance
MRA magnetic resonance angiography
MRI magnetic resonance imaging
MS multiple sclerosis
MSH2 mutS homolog 2
MSH6 mutS homolog 6
MUE medically unlikely edit
NCCI National Correct Coding Initiative
NCCN National Comprehensive Cancer Network
NCD national coverage determination
NDC National Drug Code
NICU neonatal intensive care unit
NIH National Institutes of Health
NIPT noninvasive prenatal testing
NPI National Provider Identifier
NSAID nonsteroidal anti-inflammatory drug
NYHA New York Heart Association
OSA obstructive sleep apnea
OT occupational therapy
PALB2 partner and localizer of BRCA2
PCI percutaneous coronary intervention
PCP primary care physician
PCR polymerase chain reaction
PET positron emission tomography
PFT pulmonary function test
PMS2 postmeiotic segregation increased 2
PPO preferred provider organization
PSA prostate-specific antigen
PT physical therapy
PTEN phosphatase and tensin homolog
PTSD post-traumatic stress disorder
QT interval from the Q to the T wave
RDI respiratory disturbance index
RNA ribonucleic acid
SLE systemic lupus erythematosus
SMN1 survival motor neuron 1
SNF skilled nursing facility
SPECT single-photon emission computed tomography
TAVR transcatheter aortic valve replacement
TEE transesophageal echocardiography
TENS transcutaneous electrical nerve stimulation
TIA transient ischemic attack
TMJ temporomandibular joint
TP53 tumor protein p53
TSH thyroid-stimulating hormone
TTE transthoracic echocardiography
US United States
USPSTF U.S. Preventive Services Task Force
UTI urinary tract infection
VUS variant of uncertain significance
WHO World Health Organization
""".splitlines()
}
