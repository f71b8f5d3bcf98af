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
BMI body mass index
BUN blood urea nitrogen
CABG coronary artery bypass grafting
CAD coronary artery disease
CBC complete blood count
CBT cognitive behavioral therapy
CDC Centers for Disease Control and Prevention
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
DEXA dual-energy X-ray absorptiometry
DME durable medical equipment
DNA deoxyribonucleic acid
DSM Diagnostic and Statistical Manual of Mental Disorders
DVT deep vein thrombosis
DXA dual-energy X-ray absorptiometry
ECG electrocardiogram
EEG electroencephalogram
EHR electronic health record
EKG electrocardiogram
EMG electromyography
ENT ear, nose and throat
EOB explanation of benefits
ER emergency room
ESRD end-stage renal disease
FDA Food and Drug Administration
FEV1 forced expiratory volume in one second
FVC forced vital capacity
GERD gastroesophageal reflux disease
GFR glomerular filtration rate
eGFR estimated glomerular filtration rate
GI gastrointestinal
HbA1c glycated hemoglobin
HDL high-density lipoprotein
HIPAA Health Insurance Portability and Accountability Act
HIV human immunodeficiency virus
HMO health maintenance organization
ICU intensive care unit
IVF in vitro fertilization
LCD local coverage determination
LDL low-density lipoprotein
LVEF left ventricular ejection fraction
MI myocardial infarction
MR magnetic resonance
MRA magnetic resonance angiography
MRI magnetic resonance imaging
MS multiple sclerosis
MUE medically unlikely edit
NCCI National Correct Coding Initiative
NCCN National Comprehensive Cancer Network
NCD national coverage determination
NDC National Drug Code
NICU neonatal intensive care unit
NIH National Institutes of Health
NPI National Provider Identifier
NSAID nonsteroidal anti-inflammatory drug
NYHA New York Heart Association
OSA obstructive sleep apnea
OT occupational therapy
PCI percutaneous coronary intervention
PCP primary care physician
PCR polymerase chain reaction
PET positron emission tomography
PPO preferred provider organization
PSA prostate-specific antigen
PT physical therapy
PTSD post-traumatic stress disorder
QT interval from the Q to the T wave
RNA ribonucleic acid
SLE systemic lupus erythematosus
SNF skilled nursing facility
SPECT single-photon emission computed tomography
TIA transient ischemic attack
TMJ temporomandibular joint
TSH thyroid-stimulating hormone
US United States
USPSTF U.S. Preventive Services Task Force
UTI urinary tract infection
WHO World Health Organization
""".splitlines()
}
