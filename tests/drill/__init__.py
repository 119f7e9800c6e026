"""`make drill`: is anything lost, stored twice or altered while what the service stands on is broken under load?"""
