-- With which words a declaration was made brief before it was sealed; 0 where it is as it was declared.
ALTER TABLE declaration ADD COLUMN words INTEGER NOT NULL DEFAULT 0 CHECK (words BETWEEN 0 AND 255);
